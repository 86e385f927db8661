"""How far two neighbour graphs are equal: share of equal places, and of shared neighbours."""

import numpy as np
from timing import answer, arguments

args = arguments()
ours, theirs = np.load(args["ours"]), np.load(args["theirs"])
places = float((ours == theirs).mean())
both = np.sort(np.hstack([ours, theirs]), axis=1)
shared = float((both[:, 1:] == both[:, :-1]).sum() / ours.size)
answer(places=places, neighbors=shared)
