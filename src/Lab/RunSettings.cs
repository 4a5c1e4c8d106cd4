using System.Text.Json.Nodes;

namespace MiniGrad.Lab;

/// <summary>The options that every command has, as they were resolved; a seed that was not given is none.</summary>
public sealed record RunSettings(bool Json, long? Seed, int Threads, Device Device, DType Precision, bool Exact = false)
{
    private readonly TransferCount before = Device.Transfers.Snapshot();

    /// <summary>Whether products and convolutions round their operands to TF32.</summary>
    public bool OnTensorCores { get; init; }

    /// <summary>The device in words, with the driver of a GPU.</summary>
    public string DeviceName => Device.Description;

    /// <summary>What was moved to the device and back since the options were read; none where the processor itself computes.</summary>
    public TransferCount? Transfers => ReferenceEquals(Device, Device.Cpu) ? null : Device.Transfers.Snapshot() - before;

    /// <summary>The precision as it is typed.</summary>
    public string PrecisionName => Precision == DType.F64 ? "f64" : OnTensorCores ? "tf32" : "f32";

    /// <summary>Adds what of these, and of the machine, decides the bits of an outcome to the identity of a run.</summary>
    public void Identify(JsonObject identity, long seed)
    {
        IdentifyMachine(identity);
        identity["seed"] = seed;
        identity["precision"] = PrecisionName;
        identity["exact"] = Exact;
    }

    /// <summary>Adds what of the machine decides the bits of an outcome.</summary>
    public void IdentifyMachine(JsonObject identity)
    {
        identity["simd_bits"] = Machine.SimdBits;
        if (!ReferenceEquals(Device, Device.Cpu)) identity["device"] = DeviceName;
    }
}
