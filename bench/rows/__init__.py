"""One file a row of the table: what is run, and what is read off the results."""

from bench.rows import (
    approx_knn,
    cache,
    compare_cold,
    end_to_end,
    exact_knn,
    first_paint,
    interaction,
    labels,
    maps,
    memory,
    several,
    wire_bytes,
)

ROWS = {
    row.name: row
    for row in (
        exact_knn.ROW,
        approx_knn.ROW,
        compare_cold.ROW,
        labels.ROW,
        maps.ROW,
        first_paint.ROW,
        interaction.ROW,
        wire_bytes.ROW,
        memory.ROW,
        cache.ROW,
        end_to_end.ROW,
        several.ROW,
    )
}
