using Xunit;

namespace MiniGrad.Tests.Kernels;

/// <summary>Tests that change the number of threads or count allocations: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SerialCollection
{
    public const string Name = "serial";
}
