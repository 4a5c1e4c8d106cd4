namespace MiniGrad.Nn.Layers;

/// <summary>Zeroes units at random while training. The stream number keeps the layers of a network apart.</summary>
public sealed class Dropout(double probability, int stream) : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null) =>
        pass is { IsTraining: true } ? x.Dropout(probability, pass.Rng.At("dropout").At(stream)) : x;
}
