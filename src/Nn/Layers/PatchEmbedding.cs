namespace MiniGrad.Nn.Layers;

/// <summary>
/// Images [N, channels, H, W] as tokens [N, patches, width]: every square patch through one linear map. It is the convolution
/// whose stride is its kernel, with that layer's weights [width, channels, patch, patch], as one product. arXiv:2010.11929.
/// </summary>
internal sealed class PatchEmbedding(Params p, int channels, int width, int patch) : Module
{
    /// <summary>[width, channels, patch, patch].</summary>
    public Parameter Weight { get; } = p.Uniform("weight",
        [width, channels, patch, patch], 1 / Math.Sqrt((double)channels * patch * patch));

    /// <summary>[width].</summary>
    public Parameter Bias { get; } = p.Uniform("bias", [width], 1 / Math.Sqrt((double)channels * patch * patch));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        (int n, int rows, int columns) = (x.Shape[0], x.Shape[2] / patch, x.Shape[3] / patch);
        Tensor patches = x.Reshape(n, channels, rows, patch, columns, patch)
            .Permute(0, 2, 4, 1, 3, 5).Reshape(n, rows * columns, channels * patch * patch);
        return patches.Linear(Weight.Value.Reshape(width, channels * patch * patch), Bias.Value);
    }
}
