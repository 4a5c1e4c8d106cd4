namespace MiniGrad.Tests.Goldens;

/// <summary>What our library answers for a record: the output and, by name, further results.</summary>
public sealed record GoldenResult(Tensor Output, params (string Name, Tensor Value)[] Extra)
{
    public static implicit operator GoldenResult(Tensor output) => new(output);
}
