/** Written from `docs/numbers.md` by `make types`: change it there. */

export const NUMBER_WORDS = {
  same: {
    title: "Neighbours that are the same",
    text: 'Of the k nearest of an item in A, how many are among its k nearest in B too, on average over the items ("about 4.3 of 10"). It counts and does not weigh: a neighbour at rank 1 is one like the last. With k near the number of items all are the same, so read it beside chance.',
  },
  item: {
    title: "Coincidence of an item",
    text: "Of all items that are among the k nearest of this item in A or in B, the share that is among them in both: 1 = the same neighbours, 0 = none in common. It does not say which space is right, only that they differ here. It punishes the swap of two items at the border of the list as hard as a neighbour from the other end of the space; look at a larger k before you worry about a single 0.",
  },
  mean: {
    title: "Mean coincidence",
    text: "The mean of that over all items: how far the spaces have the same neighbourhoods. It says nothing about distances or the large-scale layout, of which two spaces with the same neighbours may have different ones. It depends on k and on the number of items (more items, more near-ties, a lower value), so never compare values of different k or n.",
  },
  interval: {
    title: "95 % interval",
    text: "If other items were asked about the same two spaces, the mean would fall into this range 19 times of 20. It takes the items that are searched as fixed, so it does not say what a new collection would give: that spreads up to a third wider. With a few dozen items the interval, which is that of the normal distribution, is too narrow.",
  },
  chance: {
    title: "Chance",
    text: 'What two spaces give that have nothing to do with each other: exact, by the hypergeometric law, about k / (2 (n - 1)). It is not what two bad spaces give: even those share what is easy. It is tiny for many items, so that nearly everything is "above chance"; that is why there is a second one, within the classes.',
  },
  z: {
    title: "z",
    text: "How many standard deviations the mean is above that of the same two spaces with the items of one shuffled, over 100 shuffles (fewer where there are very many items). It says how surely there is agreement, not how much: a z of 100 can belong to a mean coincidence of 0.05. It grows with the number of items, so it is nothing to compare pairs by.",
  },
  within: {
    title: "Within-class chance and z",
    text: 'The same, but items are shuffled only inside their class: what is above that is more than knowing the class gives. A value near 0 does not mean that the spaces are unrelated: they agree on the classes, and on nothing finer. With coarse or wrong labels it says little, since then much that is not "class" is left inside.',
  },
  verdict: {
    title: "The verdict",
    text: '"No more than chance" = z below 3; "no more than their shared classes explain" = above chance, but z within the classes below 3; else "more than chance"; "the same neighbours everywhere" = exactly 1; "cannot be told" = it hangs on the order of items that are equally near. It does not say whether the agreement is large enough for your purpose. With few items z is small, and "no more than chance" may mean "too few items to tell".',
  },
  metric: {
    title: "MAP@R",
    text: "R-precision that also rewards right ones coming first; the strictest and the most telling of the seven. It does not reach 0.5 easily, so compare spaces and not with other scores. Like R-precision it wants one cluster for each label.",
  },
  precision: {
    title: "R-precision",
    text: "Of the R nearest neighbours, R being the number of other items with the label, the share that has it. It ignores their order. Large classes with several clusters score low although every cluster is clean.",
  },
  difference: {
    title: "Difference, its interval, better",
    text: 'B minus A on the same items (a point is a hundredth); "better" is filled where the interval does not hold 0. Each item is counted as query and as what others find, since an interval over queries alone sees a difference between equally good spaces far too often; for the mean average precision and the metrics of the first match it is still too narrow, by a factor of about 1.1 to 1.4 in simulations. It does not say that the difference matters to you.',
  },
  labels: {
    title: "Better on a label",
    text: 'A paired t test on the label\'s items, with 5 % false discoveries among all labels called better or worse. "No difference shown" is not "the same": labels with few items rarely show one. If two labels are mixed up in B, both lose.',
  },
};
