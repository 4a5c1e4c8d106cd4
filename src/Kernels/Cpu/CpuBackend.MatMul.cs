namespace MiniGrad.Kernels.Cpu;

internal sealed unsafe partial class CpuBackend
{
    public override void MatMul(in View a, in View c, in Epilogue epilogue, in View y)
    {
        if (y.Type == DType.F32) MatMul<float>(a, c, epilogue, y);
        else MatMul<double>(a, c, epilogue, y);
    }

    private static void MatMul<T>(in View a, in View c, in Epilogue epilogue, in View y) where T : unmanaged
    {
        (int outer, int inner, int m, int k) = (a.Shape[0], a.Shape[1], a.Shape[2], a.Shape[3]);
        int n = c.Shape[3];
        fixed (T* left = Memory.Of<T>(a), right = Memory.Of<T>(c), to = Memory.Of<T>(y), shift = Memory.Of<T>(epilogue.Shift ?? a),
            residual = Memory.Of<T>(epilogue.Residual ?? a), gate = Memory.Of<T>(epilogue.Mask ?? a))
        {
            EpiloguePointers<T> pointers = new(
                epilogue.Shift is { } numbers ? shift + numbers.Layout.Offset : null,
                epilogue.Residual is { } added ? residual + added.Layout.Offset : null, epilogue.Relu,
                epilogue.Mask is { } mask ? gate + mask.Layout.Offset : null, alongRows: true);
            GemmOutput<T> output = new(to + y.Layout.Offset, y.Layout.Stride(2), pointers, y.Layout.Stride(0), inner, y.Layout.Stride(1));
            MatrixPanels<T> rows = Panels(a.Layout, left, a.Layout.Stride(2), a.Layout.Stride(3), inner);
            MatrixPanels<T> columns = Panels(c.Layout, right, c.Layout.Stride(3), c.Layout.Stride(2), inner);
            if (!c.Storage.IsReused || outer * inner != 1)
            {
                Gemm<T>.Run((long)outer * inner, m, n, k, rows, columns, output);
                return;
            }
            int width = 2 * Register<T>.Width;
            long count = ((long)n + width - 1) / width * width * k;
            PackKey key = new(typeof(CpuBackend), n, k, c.Layout.Stride(3), c.Layout.Stride(2), c.Layout.Offset);
            using PackedWeights<T> packed = PackedWeights<T>.Get(c, key, count,
                new PanelPacker<T>(n, k, c.Layout.Stride(3), c.Layout.Stride(2)));
            Gemm<T>.Run(1, m, n, k, rows, new PackedPanels<T>(packed.At, k, 0, 1), output);
        }
    }

    private static MatrixPanels<T> Panels<T>(Layout layout, T* from, long along, long down, int inner) where T : unmanaged =>
        new(from + layout.Offset, along, down, layout.Stride(0), inner, layout.Stride(1));

    /// <summary>A right factor [k, n] as panels of two registers over all of k.</summary>
    private readonly struct PanelPacker<T>(int n, int k, long along, long down) : IPacker<T> where T : unmanaged
    {
        public void Pack(T* from, T* to)
        {
            int width = 2 * Register<T>.Width;
            MatrixPanels<T> matrix = new(from, along, down);
            matrix.Pack(0, null, to, 0, k, 0, n, width);
        }
    }
}
