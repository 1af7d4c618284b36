"""Token rows under the model of short weights."""

from encoder.mixing.row_kernel import row_kernel

code_short_rows = row_kernel(short=True)
