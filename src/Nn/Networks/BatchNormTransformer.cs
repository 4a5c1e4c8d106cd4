using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// The tiny vision transformers of the verification competition of 2023 (VNN-COMP, benchmark "vit"), made to be verifiable:
/// batch normalisation of each feature where others have layer normalisation, ReLU, and logits of the mean over all tokens.
/// The files are ONNX there; these names are those of their conversion to safetensors.
/// </summary>
internal sealed class BatchNormTransformer : StandardNetwork
{
    private const int Width = 48;

    private readonly Parameter classToken;
    private readonly Parameter positions;
    private readonly PatchEmbedding patches;
    private readonly Block[] blocks;
    private readonly BatchNorm norm;
    private readonly Linear head;

    /// <param name="p">The weights.</param>
    /// <param name="depth">Blocks.</param>
    /// <param name="heads">Heads of attention, each of 48 / heads features.</param>
    /// <param name="patch">The side of the square patches.</param>
    /// <param name="settings">The user's choices.</param>
    public BatchNormTransformer(Params p, int depth, int heads, int patch, ModelSettings settings)
        : base(p, Positions(patch).Sized(p, [3, 32, 32], settings), [3, 32, 32], 10, Activation.Relu)
    {
        CheckNoBlur(settings);
        (int height, int across) = (InputShape[1], InputShape[2]);
        if (height % patch != 0 || across % patch != 0)
        {
            Throw.Argument($"BatchNormTransformer: images of {height} x {across} do not divide into patches of {patch} x {patch}.");
        }
        PositionTable table = Positions(patch);
        int count = height / patch * (across / patch);
        table.Check(p, InputShape, count, Width);
        classToken = p.Uniform("cls_token", [Width], 0.02);
        positions = p.Uniform(table.Name, [count + table.Extra, Width], 0.02);
        patches = new(p / "projection", Channels, Width, patch);
        blocks = new Block[depth];
        for (int i = 0; i < depth; i++) blocks[i] = new(p / AddTap($"blocks.{i}"), heads, Activation);
        norm = new(p / "norm", Width);
        AddTap("mean");
        head = new(p / "head", Width, ClassCount);
    }

    // Also attention is not piecewise linear, whatever the activation.
    /// <inheritdoc/>
    public override bool IsPiecewiseLinear => false;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = patches.Forward(x, pass);
        x = Ops.Concat([classToken.Value.BroadcastTo([x.Shape[0], 1, Width]), x], 1) + positions.Value;
        for (int i = 0; i < blocks.Length; i++) x = Tapped($"blocks.{i}", blocks[i].Forward(x, pass), pass);
        return head.Forward(Tapped("mean", OfFeatures(norm, x, pass).Mean(1), pass), pass);
    }

    private static PositionTable Positions(int patch) => new("positions", "projection.weight", patch, Extra: 1);

    /// <summary>The normalisation of [N, tokens, features], in which images and tokens are examples.</summary>
    private static Tensor OfFeatures(BatchNorm norm, Tensor x, Pass? pass) =>
        norm.Forward(x.Reshape(-1, x.Shape[2]), pass).Reshape(x.Shape);

    /// <summary>x + attention(norm x), then x + mlp(norm x), with twice as many hidden units.</summary>
    private sealed class Block(Params p, int heads, Activation act) : Module
    {
        private readonly BatchNorm norm1 = new(p / "attn_norm", Width);
        private readonly Linear query = new(p / "attn.query", Width, Width);
        private readonly Linear key = new(p / "attn.key", Width, Width);
        private readonly Linear value = new(p / "attn.value", Width, Width);
        private readonly Linear proj = new(p / "attn.out", Width, Width);
        private readonly BatchNorm norm2 = new(p / "mlp_norm", Width);
        private readonly Linear fc1 = new(p / "mlp.fc1", Width, 2 * Width);
        private readonly Linear fc2 = new(p / "mlp.fc2", 2 * Width, Width);

        public override Tensor Forward(Tensor x, Pass? pass = null)
        {
            Tensor y = OfFeatures(norm1, x, pass);
            y = Ops.Concat([query.Forward(y, pass), key.Forward(y, pass), value.Forward(y, pass)], 2);
            x += proj.Forward(y.SelfAttention(heads), pass);
            return x + fc2.Forward(fc1.Forward(OfFeatures(norm2, x, pass), pass, act), pass);
        }
    }
}
