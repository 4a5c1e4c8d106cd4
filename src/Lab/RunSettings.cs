using System.Text.Json.Nodes;

namespace MiniGrad.Lab;

/// <summary>The options that every command has, as they were resolved; a seed that was not given is none.</summary>
/// <param name="Json">Whether the result is written as JSON.</param>
/// <param name="Seed">The seed of all random numbers.</param>
/// <param name="Computing">What kernels compute with; a processor carries it too.</param>
/// <param name="Device">Where is computed.</param>
/// <param name="Precision">The numbers that are computed with.</param>
internal sealed record RunSettings(bool Json, long? Seed, Computing Computing, Device Device, DType Precision)
{
    private readonly TransferCount before = Device.Transfers.Snapshot();

    /// <summary>The device in words, with the driver of a GPU.</summary>
    public string DeviceName => Device.Description;

    /// <summary>What was moved to the device and back since the options were read; none where the processor itself computes.</summary>
    public TransferCount? Transfers => Device.IsCpu ? null : Device.Transfers.Snapshot() - before;

    /// <summary>The precision as it is typed.</summary>
    public string PrecisionName => Precision == DType.F64 ? "f64" : Computing.TensorCores ? "tf32" : "f32";

    /// <summary>Adds what of these, and of the machine, decides the bits of an outcome to the identity of a run.</summary>
    public void Identify(JsonObject identity, long seed)
    {
        IdentifyMachine(identity);
        identity["seed"] = seed;
        identity["precision"] = PrecisionName;
        identity["exact"] = Computing.Exact;
    }

    /// <summary>Adds what of the machine decides the bits of an outcome.</summary>
    public void IdentifyMachine(JsonObject identity)
    {
        identity["simd_bits"] = Machine.SimdBits;
        if (!Device.IsCpu) identity["device"] = DeviceName;
    }
}
