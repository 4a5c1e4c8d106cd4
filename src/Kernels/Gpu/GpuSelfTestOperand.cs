using System.Runtime.InteropServices;

namespace MiniGrad.Kernels.Gpu;

/// <summary>How far a result may lie from the processor's: roundings, each a unit in the last place of a magnitude.</summary>
/// <param name="Magnitude">One number for all elements; 0 stands for the element's own.</param>
/// <param name="OfAbsolutes">The magnitude is the operation's result for the absolute values of its operands, which bounds
/// every partial sum.</param>
internal readonly record struct GpuSelfTestAllowance(double Roundings, double Magnitude = 0, bool OfAbsolutes = false)
{
    public static GpuSelfTestAllowance Exact => default;

    /// <summary>Units in the last place of the result itself.</summary>
    public static GpuSelfTestAllowance Units(double roundings) => new(roundings);

    /// <summary>A sum of so many products: each addition rounds, on both sides, by half a unit at most.</summary>
    public static GpuSelfTestAllowance Sum(int terms) => new(terms + 4, OfAbsolutes: true);

    /// <summary>The same in a tile; tensor cores round each operand to 10 of 23 bits of fraction before.</summary>
    public static GpuSelfTestAllowance Sum(int terms, GpuTile tile) =>
        new(terms + 4 + (tile.OnTensorCores ? 2 << 12 : 0), OfAbsolutes: true);

    public double Of(DType type, double expected, double ofAbsolutes)
    {
        double unit = type switch { DType.F32 => 1.0 / (1 << 23), DType.F64 => double.BitIncrement(1) - 1, _ => 0 };
        return Roundings == 0 ? 0 : Roundings * unit * (OfAbsolutes ? ofAbsolutes : Magnitude > 0 ? Magnitude : Math.Abs(expected));
    }
}

/// <summary>
/// An operand of a case: the elements of its whole memory, some of which lie outside the view, so that a kernel that leaves
/// the view is found out. A result has an allowance.
/// </summary>
internal sealed class GpuSelfTestOperand(DType type, double[] values, Layout layout, GpuSelfTestAllowance? allowance = null)
{
    public DType Type { get; } = type;

    public Layout Layout { get; } = layout;

    public GpuSelfTestAllowance? Allowance { get; } = allowance;

    public int Count => values.Length;

    public byte[] Bytes(bool absolute)
    {
        double[] numbers = absolute ? Array.ConvertAll(values, Math.Abs) : values;
        return Type switch
        {
            DType.F32 => MemoryMarshal.AsBytes<float>(Array.ConvertAll(numbers, value => (float)value)).ToArray(),
            DType.F64 => MemoryMarshal.AsBytes<double>(numbers).ToArray(),
            DType.I32 => MemoryMarshal.AsBytes<int>(Array.ConvertAll(numbers, value => (int)value)).ToArray(),
            _ => Array.ConvertAll(numbers, value => (byte)value),
        };
    }

    public double[] Numbers(byte[] bytes) => Type switch
    {
        DType.F32 => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), value => (double)value),
        DType.F64 => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
        DType.I32 => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), value => (double)value),
        _ => Array.ConvertAll(bytes, value => (double)value),
    };
}

/// <summary>One device in a case: it has the operands that were asked for, from when they were asked for.</summary>
internal sealed class GpuSelfTestSite(Device device, Backend backend, bool absolute = false) : IDisposable
{
    private readonly Dictionary<GpuSelfTestOperand, Storage> storages = [];

    public Backend Backend { get; } = backend;

    public IEnumerable<GpuSelfTestOperand> Results => storages.Keys.Where(operand => operand.Allowance is not null);

    public View View(GpuSelfTestOperand operand)
    {
        if (!storages.TryGetValue(operand, out Storage? storage))
        {
            storages[operand] = storage = device.Allocate(operand.Type, operand.Count);
            storage.Upload(operand.Bytes(absolute));
        }
        return new(storage, operand.Layout);
    }

    public double[] Read(GpuSelfTestOperand operand)
    {
        byte[] bytes = new byte[operand.Count * operand.Type.Size()];
        storages[operand].Download(bytes);
        return operand.Numbers(bytes);
    }

    public void Dispose()
    {
        foreach (Storage storage in storages.Values) storage.Recycle();
    }
}
