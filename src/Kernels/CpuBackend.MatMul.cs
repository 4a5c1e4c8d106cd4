namespace MiniGrad.Kernels;

public sealed unsafe partial class CpuBackend
{
    public override void MatMul(in View a, in View c, in View y)
    {
        if (y.Type == DType.F32) MatMul<float>(a, c, y);
        else MatMul<double>(a, c, y);
    }

    private static void MatMul<T>(in View a, in View c, in View y) where T : unmanaged
    {
        int m = a.Shape[1];
        int k = a.Shape[2];
        int n = c.Shape[2];
        fixed (T* left = Memory.Of<T>(a), right = Memory.Of<T>(c), to = Memory.Of<T>(y))
        {
            MatrixPanels<T> rows = new(left + a.Layout.Offset, a.Layout.Stride(0), a.Layout.Stride(1), a.Layout.Stride(2));
            MatrixPanels<T> columns = new(right + c.Layout.Offset, c.Layout.Stride(0), c.Layout.Stride(2), c.Layout.Stride(1));
            Gemm<T>.Run(a.Shape[0], m, n, k, rows, columns, to + y.Layout.Offset, (long)m * n, n);
        }
    }
}
