using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// Vision transformers (Dosovitskiy et al., arXiv:2010.11929; DeiT, arXiv:2012.12877), with timm's names. The position table
/// fixes the image size; it is not interpolated.
/// </summary>
internal sealed class VisionTransformer : StandardNetwork
{
    private const double Epsilon = 1e-6;

    private readonly Parameter classToken;
    private readonly Parameter positions;
    private readonly PatchEmbedding patches;
    private readonly TransformerBlock[] blocks;
    private readonly LayerNorm norm;
    private readonly Linear head;

    /// <summary>The network of that plan with these weights.</summary>
    public VisionTransformer(Params p, VisionPlan plan, ModelSettings settings)
        : base(p, plan.Positions.Sized(p, plan.Image, settings), plan.Image, plan.Classes, Activation.Gelu)
    {
        (int patch, int width) = (plan.Patch, plan.Width);
        (int height, int across) = (InputShape[1], InputShape[2]);
        CheckNoBlur(settings);
        if (width % plan.Heads != 0)
        {
            Throw.Argument($"VisionTransformer: a width of {width} does not divide into {plan.Heads} heads. "
                + $"Take a multiple of {plan.Heads}, such as {width - width % plan.Heads}.");
        }
        if (height % patch != 0 || across % patch != 0)
        {
            Throw.Argument($"VisionTransformer: images of {height} x {across} do not divide into patches of {patch} x {patch}.");
        }
        int count = height / patch * (across / patch);
        plan.Positions.Check(p, InputShape, count, width);
        classToken = p.Uniform("cls_token", [1, 1, width], 0.02);
        positions = p.Uniform(plan.Positions.Name, [1, count + plan.Positions.Extra, width], 0.02);
        patches = new(p / "patch_embed.proj", Channels, width, patch);
        blocks = new TransformerBlock[plan.Depth];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i] = new(p / $"blocks.{i}", width, plan.Heads, Epsilon, Activation);
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
        for (int i = 0; i < blocks.Length; i++) x = Tapped($"blocks.{i}", blocks[i].Forward(x, pass), pass);
        return head.Forward(Tapped("class", norm.Forward(x.At(1, 0), pass), pass), pass);
    }
}

/// <summary>The sizes of a vision transformer.</summary>
/// <param name="Patch">The side of the square patches.</param>
/// <param name="Width">Features of a token.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="Heads">Heads of attention, each of <paramref name="Width"/> / <paramref name="Heads"/> features.</param>
/// <param name="Image">The usual image shape.</param>
/// <param name="Classes">The usual number of classes.</param>
internal sealed record VisionPlan(int Patch, int Width, int Depth, int Heads, Shape Image, int Classes)
{
    /// <summary>timm's table: the class token has a position too.</summary>
    public PositionTable Positions => new("pos_embed", "patch_embed.proj.weight", Patch, Extra: 1);

    /// <summary>For ImageNet: 12 blocks on patches of 16 × 16.</summary>
    public static VisionPlan ImageNet(int width, int heads) => new(16, width, 12, heads, [3, 224, 224], 1000);

    /// <summary>
    /// For small images, of which the largest side up to 32 that the patches divide is the usual one; heads of 32 features.
    /// </summary>
    public static VisionPlan Small(int patch, int width, int depth)
    {
        int side = patch * Math.Max(1, 32 / patch);
        return new(patch, width, depth, Math.Max(1, width / 32), [3, side, side], 10);
    }
}
