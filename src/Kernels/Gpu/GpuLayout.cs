using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MiniGrad.Kernels.Cpu;

namespace MiniGrad.Kernels.Gpu;

/// <summary>The sizes of a strided walk, as the kernels' struct Sizes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpuSizes
{
    public uint Axes;
    private Eight<uint> size;

    public uint this[int axis]
    {
        readonly get => size[axis];
        set => size[axis] = value;
    }
}

/// <summary>The steps of one operand of a strided walk, as the kernels' struct Steps.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GpuSteps
{
    public long Offset;
    private Eight<long> stride;

    public long this[int axis]
    {
        readonly get => stride[axis];
        set => stride[axis] = value;
    }

    /// <summary>A view as it is, axis by axis.</summary>
    public static GpuSteps Of(in View view)
    {
        GpuSteps steps = new() { Offset = view.Layout.Offset };
        for (int axis = 0; axis < view.Shape.Rank; axis++) steps[axis] = view.Layout.Stride(axis);
        return steps;
    }

    /// <summary>An operand of a merged walk: the last axis of the kernel is the row.</summary>
    public static GpuSteps Of(in Rows rows, int operand)
    {
        GpuSteps steps = new() { Offset = rows.Start(operand, 0) };
        for (int axis = 0; axis < rows.Axes; axis++) steps[axis] = rows.Stride(operand, rows.Axes - 1 - axis);
        return steps;
    }

    public static GpuSizes Sizes(in Rows rows)
    {
        GpuSizes sizes = new() { Axes = (uint)rows.Axes };
        for (int axis = 0; axis < rows.Axes; axis++) sizes[axis] = checked((uint)rows.Size(rows.Axes - 1 - axis));
        return sizes;
    }
}

[InlineArray(Shape.MaxRank)]
internal struct Eight<T> where T : unmanaged
{
    private T first;
}
