using System.Diagnostics;

namespace MiniGrad.Kernels.Gpu;

/// <summary>How fast a device is, roughly: to choose between two drivers of one card, or two cards.</summary>
internal static class GpuSpeed
{
    /// <summary>A square product large enough to fill a card, and small launches, of which a network of one image is made.</summary>
    private const int Side = 2048;

    private const int Products = 4;
    private const int SmallLaunches = 200;

    /// <summary>The time of a fixed mixture of large and small work, once warm.</summary>
    public static double Milliseconds(GpuDevice device)
    {
        using Arena arena = Arena.Open();
        View square = new(device.Allocate(DType.F32, (long)Side * Side), Layout.Contiguous([1, 1, Side, Side]));
        View result = new(device.Allocate(DType.F32, (long)Side * Side), Layout.Contiguous([1, 1, Side, Side]));
        View small = new(device.Allocate(DType.F32, 64), Layout.Contiguous([64]));
        device.Backend.Fill(square, 0.5);
        Work(1, 1);
        Stopwatch watch = Stopwatch.StartNew();
        Work(Products, SmallLaunches);
        double time = watch.Elapsed.TotalMilliseconds;
        arena.Sweep();
        return time;

        void Work(int products, int launches)
        {
            for (int i = 0; i < products; i++) device.Backend.MatMul(square, square, default, result);
            for (int i = 0; i < launches; i++) device.Backend.Fill(small, i);
            device.Wait();
        }
    }
}
