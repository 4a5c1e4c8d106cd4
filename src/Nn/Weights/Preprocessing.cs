namespace MiniGrad.Nn.Weights;

/// <summary>What a model expects of its inputs: for each channel, (x − mean) / std of pixels in [0, 1].</summary>
public sealed record Preprocessing(double[] Mean, double[] Std)
{
    // Not public: the record is written into the index as it is.
    private bool IsIdentity => Mean.All(mean => mean == 0) && Std.All(std => std == 1);

    /// <summary>The network with this before it, for pixels in [0, 1]; the network itself where it changes nothing.</summary>
    /// <exception cref="ArgumentException">The numbers are not one mean and one positive deviation for each channel.</exception>
    public Network Before(Network network, DType type = DType.F32) => IsIdentity ? network : new Normalized(network, Mean, Std, type);
}
