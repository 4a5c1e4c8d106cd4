using System.Runtime.InteropServices;

namespace MiniGrad.Kernels.Gpu;

internal sealed partial class GpuBackend
{
    /// <summary>The tables of average pools that were met, by their content: they stay on the device.</summary>
    private readonly Dictionary<string, (GpuStorage Windows, GpuStorage Lengths)> pools = [];

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct PlanePool(
        int Height, int Width, int OutHeight, int OutWidth, int KernelY, int KernelX, int StrideY, int StrideX, int PadY, int PadX,
        int DilationY, int DilationX);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct PlaneShape(int Height, int Width, int OutHeight, int OutWidth);

    public override void MaxPool(in PoolShape shape, in View x, in View y, in View positions)
    {
        long count = y.Shape.Count;
        if (count == 0) return;
        PlanePool s = new(shape.Height, shape.Width, shape.OutHeight, shape.OutWidth, shape.KernelY, shape.KernelX,
            shape.StrideY, shape.StrideX, shape.PadY, shape.PadX, shape.DilationY, shape.DilationX);
        Run(new("pool", "max_pool", x.Type), Grid.For(count, Group),
            Arguments.New().Add((ulong)count).Add(s).Add(x).Add(y).Add(positions), Plain);
    }

    public override void AveragePool(PoolWindows windows, in View x, in View y) => Average("average_pool", windows, x, y);

    public override void AveragePoolAdjoint(PoolWindows windows, in View g, in View dx) => Average("average_pool_adjoint", windows, g, dx);

    private void Average(string entry, PoolWindows windows, in View from, in View to)
    {
        long count = to.Shape.Count;
        if (count == 0) return;
        (GpuStorage places, GpuStorage lengths) = Tables(windows);
        PlaneShape s = new(windows.Height, windows.Width, windows.Y.Count, windows.X.Count);
        Run(new("pool", entry, to.Type), Grid.For(count, Group),
            Arguments.New().Add((ulong)count).Add(s).Add(places).Add(lengths).Add(from).Add(to), Plain);
    }

    private (GpuStorage Windows, GpuStorage Lengths) Tables(PoolWindows windows)
    {
        int[] places =
            [.. Pairs(windows.Y), .. Pairs(windows.X), .. Owners(windows.Y, windows.Height), .. Owners(windows.X, windows.Width)];
        double[] lengths = [.. windows.Y.Length, .. windows.X.Length];
        string key = $"{windows.Height}x{windows.Width}:{string.Join(',', places)}:{string.Join(',', lengths)}";
        lock (pools)
        {
            if (pools.TryGetValue(key, out (GpuStorage, GpuStorage) known)) return known;
            return pools[key] = (Constant<int>(DType.I32, places), Constant<double>(DType.F64, lengths));
        }
    }

    /// <summary>Numbers that stay on the device.</summary>
    private GpuStorage Constant<T>(DType type, T[] values) where T : unmanaged
    {
        GpuStorage storage = new(device, type, values.Length);
        storage.Upload(MemoryMarshal.AsBytes(values.AsSpan()));
        return storage;
    }

    private static IEnumerable<int> Pairs(PoolAxis axis) => axis.Begin.Zip(axis.End).SelectMany(pair => (int[])[pair.First, pair.Second]);

    /// <summary>
    /// For each input the first and one past the last window that holds it; windows are in order, so these are
    /// neighbours.
    /// </summary>
    private static IEnumerable<int> Owners(PoolAxis axis, int size)
    {
        for (int input = 0; input < size; input++)
        {
            int first = Array.FindIndex(axis.End, end => end > input);
            if (first < 0) first = axis.Count;
            int last = first;
            while (last < axis.Count && axis.Begin[last] <= input) last++;
            yield return first;
            yield return last;
        }
    }
}
