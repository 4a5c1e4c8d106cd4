using System.Runtime.InteropServices;

namespace MiniGrad.Kernels.Gpu;

/// <summary>The sizes of a convolution as the kernels' struct ConvShape.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct GpuConvShape(
    int Batch, int Channels, int Height, int Width, int Filters, int OutHeight, int OutWidth,
    int StrideY, int StrideX, int PadY, int PadX, int GroupChannels, int GroupFilters, int Taps, int KernelTaps)
{
    public static GpuConvShape Of(in ConvShape s) => new(
        s.Batch, s.Channels, s.Height, s.Width, s.Filters, s.OutHeight, s.OutWidth,
        s.StrideY, s.StrideX, s.PadY, s.PadX, s.GroupChannels, s.GroupFilters, s.Taps, s.KernelHeight * s.KernelWidth);
}

/// <summary>
/// Where the taps of a convolution lie, on the device: for each tap the place it adds in a plane, its rows and columns, and
/// the place of its weight. The adjoint in the image has a piece of the table for each phase of the stride.
/// </summary>
internal sealed record ConvTables(GpuStorage Forward, GpuStorage Backward, GpuStorage Phases, int PhaseCount, int LargestPhase)
{
    public static ConvTables Of(in ConvShape s, Func<int[], GpuStorage> store)
    {
        List<int> forward = [];
        for (int c = 0; c < s.GroupChannels; c++)
        {
            for (int r = 0; r < s.KernelHeight; r++)
            {
                for (int q = 0; q < s.KernelWidth; q++)
                {
                    (int down, int right) = (r * s.DilationY, q * s.DilationX);
                    forward.AddRange([(c * s.Height + down) * s.Width + right, down, right, forward.Count / 4]);
                }
            }
        }
        (List<int> backward, List<int> phases) = ([], []);
        int largest = 0;
        for (int row = 0; row < Math.Min(s.StrideY, s.Height); row++)
        {
            for (int column = 0; column < Math.Min(s.StrideX, s.Width); column++)
            {
                int start = backward.Count / 4;
                AddPhase(s, row, column, backward);
                (int rows, int columns) = ((s.Height - row + s.StrideY - 1) / s.StrideY, (s.Width - column + s.StrideX - 1) / s.StrideX);
                phases.AddRange([start, backward.Count / 4 - start, rows, columns, row, column, s.StrideY, s.StrideX]);
                largest = Math.Max(largest, rows * columns);
            }
        }
        // Kernels read the first tap of a phase even where it has none.
        backward.AddRange([0, 0, 0, 0]);
        return new(store([.. forward]), store([.. backward]), store([.. phases]), phases.Count / 8, largest);
    }

    /// <summary>The taps that pixels of a phase meet: where (pixel + pad − tap) is a multiple of the stride.</summary>
    private static void AddPhase(in ConvShape s, int row, int column, List<int> table)
    {
        for (int f = 0; f < s.GroupFilters; f++)
        {
            for (int r = 0; r < s.KernelHeight; r++)
            {
                int down = row + s.PadY - r * s.DilationY;
                if (down % s.StrideY != 0) continue;
                for (int q = 0; q < s.KernelWidth; q++)
                {
                    int right = column + s.PadX - q * s.DilationX;
                    if (right % s.StrideX != 0) continue;
                    (int y, int x) = (down / s.StrideY, right / s.StrideX);
                    table.AddRange([(f * s.OutHeight + y) * s.OutWidth + x, y, x, f * s.Taps + r * s.KernelWidth + q]);
                }
            }
        }
    }
}
