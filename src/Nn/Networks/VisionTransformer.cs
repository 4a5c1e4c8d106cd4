using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// Vision transformers of 12 blocks on patches of 16 × 16 (Dosovitskiy et al., arXiv:2010.11929; DeiT, arXiv:2012.12877),
/// with timm's names. The position table fixes the image size; it is not interpolated.
/// </summary>
internal sealed class VisionTransformer : StandardNetwork
{
    private const int Patch = 16;
    private const int Depth = 12;
    private const double Epsilon = 1e-6;

    private readonly Parameter classToken;
    private readonly Parameter positions;
    private readonly PatchEmbedding patches;
    private readonly TransformerBlock[] blocks = new TransformerBlock[Depth];
    private readonly LayerNorm norm;
    private readonly Linear head;

    /// <summary>The network of that width and number of heads with these weights.</summary>
    public VisionTransformer(Params p, int width, int heads, ModelSettings settings)
        : base(p, Sized(p, settings), [3, 224, 224], 1000, Activation.Gelu)
    {
        (int height, int across) = (InputShape[1], InputShape[2]);
        CheckNoBlur(settings);
        if (height % Patch != 0 || across % Patch != 0)
        {
            Throw.Argument($"VisionTransformer: images of {height} x {across} do not divide into patches of {Patch} x {Patch}.");
        }
        int tokens = height / Patch * (across / Patch) + 1;
        if (p.Stored("pos_embed") is { Rank: 3 } stored && stored[1] != tokens && stored[2] == width)
        {
            throw new WeightsException(
                $"weights: images of {height} x {across} make {tokens - 1} patches, the file has positions for {stored[1] - 1}; "
                + "position tables are not interpolated. "
                + "Give images of the size that the weights were trained on.");
        }
        classToken = p.Uniform("cls_token", [1, 1, width], 0.02);
        positions = p.Uniform("pos_embed", [1, tokens, width], 0.02);
        patches = new(p / "patch_embed.proj", Channels, width, Patch);
        for (int i = 0; i < Depth; i++)
        {
            blocks[i] = new(p / $"blocks.{i}", width, heads, Epsilon, Activation);
            AddTap($"blocks.{i}");
        }
        norm = new(p / "norm", width, Epsilon);
        AddTap("class");
        head = new(p / "head", width, ClassCount);
    }

    // Also attention is not piecewise linear, whatever the activation.
    /// <inheritdoc/>
    public override bool IsPiecewiseLinear => false;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = patches.Forward(x, pass);
        Tensor token = classToken.Value.BroadcastTo([x.Shape[0], 1, x.Shape[2]]);
        x = Ops.Concat([token, x], 1) + positions.Value;
        for (int i = 0; i < Depth; i++) x = Tapped($"blocks.{i}", blocks[i].Forward(x, pass), pass);
        return head.Forward(Tapped("class", norm.Forward(x.At(1, 0), pass), pass), pass);
    }

    /// <summary>Without a size in the settings, the square one that the file's positions are for.</summary>
    private static ModelSettings Sized(Params p, ModelSettings settings)
    {
        if (settings.Image is not null || p.Stored("pos_embed") is not { Rank: 3 } stored) return settings;
        int side = (int)Math.Round(Math.Sqrt(Math.Max(0, stored[1] - 1)));
        return side is > 0 and < 1024 && side * side == stored[1] - 1
            ? settings with { Image = [3, side * Patch, side * Patch] }
            : settings;
    }
}
