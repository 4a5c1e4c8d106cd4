namespace MiniGrad;

/// <summary>
/// How kernels compute, a value that a device carries: two callers in one process may differ. The number of threads never
/// changes a bit of a result; the other two change last bits.
/// </summary>
public sealed record Computing
{
    private readonly int threads = Environment.ProcessorCount;

    [ThreadStatic]
    private static Computing? entered;

    /// <summary>What <see cref="Device.Cpu"/> computes with: all processors, Winograd convolutions where they are faster.</summary>
    public static Computing Default { get; internal set; } = new();

    /// <summary>How many threads a loop may use, the caller included: 1 to 1024, by default as many as there are processors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is outside 1 to 1024.</exception>
    public int Threads
    {
        get => threads;
        init
        {
            if (value is < 1 or > 1024) Throw.Range($"threads: {value} is outside 1 to 1024.");
            threads = value;
        }
    }

    /// <summary>No Winograd convolutions: every output is a plain sum of products.</summary>
    public bool Exact { get; init; }

    /// <summary>Products and convolutions of F32 tensors round their operands to TF32 and run on the tensor cores of a GPU.</summary>
    public bool TensorCores { get; init; }

    /// <summary>What the kernel that this thread is about to run computes with.</summary>
    internal static Computing InForce => entered ?? Default;

    /// <summary>Puts settings into force for the kernels that this thread starts from now on; none are the default ones.</summary>
    internal static void Enter(Computing? computing) => entered = computing;
}
