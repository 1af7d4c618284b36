"""Token rows under the model of short weights whose contexts look above."""

from encoder.mixing.row_kernel import row_kernel

code_aligned_rows = row_kernel(short=True, aligned=True)
