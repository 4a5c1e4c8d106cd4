namespace MiniGrad.Kernels.Gpu;

/// <summary>What a driver tells of a device.</summary>
/// <param name="Memory">Bytes.</param>
/// <param name="LargestBlock">Bytes of one allocation.</param>
/// <param name="LocalMemory">Bytes that a group of work items shares.</param>
/// <param name="LargestGroup">Work items of a group.</param>
/// <param name="Missing">Why MiniGrad cannot use it; none when it can.</param>
public sealed record GpuFacts(
    string Interface, string Platform, string Name, string Driver, long Memory, long LargestBlock, long LocalMemory,
    int LargestGroup, int ComputeUnits, bool IsGpu, bool HasDoubles, bool RoundsDivision, bool HasTensorCores, string? Missing = null)
{
    /// <summary>What the kernels ask of any device.</summary>
    internal const int LocalMemoryNeeded = 32 << 10;

    internal const int GroupNeeded = 256;

    /// <summary>The features in words, for a list of devices.</summary>
    public string Features => string.Join(", ", Words());

    /// <summary>What stays the same from day to day; how much memory there is may not.</summary>
    internal string Identity => (this with { Memory = 0, LargestBlock = 0 }).ToString();

    /// <summary>The same facts with the reason, if any, why the device cannot be used.</summary>
    internal GpuFacts Judged()
    {
        string? missing = !HasDoubles ? "it has no double precision, in which sums are accumulated"
            : LocalMemory < LocalMemoryNeeded ? $"its groups share {LocalMemory} bytes; {LocalMemoryNeeded} are needed"
            : LargestGroup < GroupNeeded ? $"its groups have at most {LargestGroup} work items; {GroupNeeded} are needed"
            : null;
        return this with { Missing = Missing ?? missing };
    }

    private IEnumerable<string> Words()
    {
        if (!IsGpu) yield return "a processor";
        yield return HasDoubles ? "F64" : "no F64";
        if (HasTensorCores) yield return "tensor cores";
        if (!RoundsDivision) yield return "division and roots within a few units";
        yield return $"{ComputeUnits} compute units";
        yield return $"{LocalMemory >> 10} KB local memory";
    }
}
