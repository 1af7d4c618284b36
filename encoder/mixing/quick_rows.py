"""Token rows under the quick model."""

from encoder.mixing.row_kernel import row_kernel

code_quick_rows = row_kernel(quick=True)
