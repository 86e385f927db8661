"""Two spaces compared: from the import to the similarity."""

from timing import answer, arguments, timed

part = {}
with timed(part):
    import numpy as np

    import embwidget as ew

    args = arguments()
    comparison = ew.compare(np.load(args["a"]), np.load(args["b"]), k_max=args["k"])
    value = comparison.similarity.value
answer(part=part, value=value)
