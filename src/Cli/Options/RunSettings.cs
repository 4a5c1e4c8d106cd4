using System.Text.Json.Nodes;

namespace MiniGrad.Cli;

/// <summary>The options that every command has, as they were resolved; a seed that was not given is none.</summary>
public sealed record RunSettings(bool Json, long? Seed, int Threads, string Device, DType Precision, bool Exact = false)
{
    /// <summary>The precision as it is typed.</summary>
    public string PrecisionName => Precision == DType.F64 ? "f64" : "f32";

    /// <summary>Adds what of these, and of the machine, decides the bits of an outcome to the identity of a run.</summary>
    public void Identify(JsonObject identity, long seed)
    {
        identity["simd_bits"] = Machine.SimdBits;
        identity["seed"] = seed;
        identity["precision"] = PrecisionName;
        identity["exact"] = Exact;
    }
}
