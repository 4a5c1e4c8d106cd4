using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// Compact convolutional transformers (Hassani et al., arXiv:2104.05704): one 3 × 3 convolution and a pool make the tokens, and
/// a weighted mean over tokens, with weights of their own making, takes the place of a class token. Names of
/// Nik212/Compact-Convolutional-Transformer.
/// </summary>
/// <remarks>
/// That repository's own code lets the first image of a batch attend for all; here each attends to itself, as in the paper.
/// </remarks>
internal sealed class CompactTransformer : StandardNetwork
{
    private const int Width = 128, Heads = 4;

    /// <summary>No class token; the pool makes a token of every second pixel.</summary>
    private static readonly PositionTable Table = new("positional_embeddings", "tokenizer.tokenizer_layers.0.weight", Step: 2, Extra: 0);

    private readonly Conv2d tokenizer;
    private readonly Parameter positions;
    private readonly Block[] blocks;
    private readonly LayerNorm norm;
    private readonly Linear attentionPool;
    private readonly Linear head;

    /// <summary>The network of so many blocks with these weights.</summary>
    public CompactTransformer(Params p, int depth, ModelSettings settings)
        : base(p, Table.Sized(p, [3, 32, 32], settings), [3, 32, 32], 10, Activation.Gelu)
    {
        int tokens = (InputShape[1] + 1) / 2 * ((InputShape[2] + 1) / 2);
        Table.Check(p, InputShape, tokens, Width);
        tokenizer = new(p / "tokenizer.tokenizer_layers.0", Channels, Width, 3, ConvOptions.Square(pad: 1), bias: false, rectified: true);
        AddTap("tokenizer");
        positions = p.Uniform(Table.Name, [1, tokens, Width], 0.2);
        blocks = new Block[depth];
        for (int i = 0; i < depth; i++) blocks[i] = new(p / AddTap($"blocks.{i}"), Activation);
        norm = new(p / "norm", Width);
        attentionPool = new(p / "pool.attention_pool", Width, 1);
        AddTap("pool");
        head = new(p / "fc", Width, ClassCount);
    }

    // Also attention is not piecewise linear, whatever the activation.
    /// <inheritdoc/>
    public override bool IsPiecewiseLinear => false;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        CheckInput(x);
        x = Down.MaxPool(tokenizer.Forward(x, pass, null, Activation.Relu), kernel: 3, stride: 2, pad: 1);
        x = Tapped("tokenizer", x, pass);
        x = x.Reshape(x.Shape[0], Width, -1).Permute(0, 2, 1) + positions.Value;
        for (int i = 0; i < blocks.Length; i++) x = Tapped($"blocks.{i}", blocks[i].Forward(x, pass), pass);
        x = norm.Forward(x, pass);
        x = (attentionPool.Forward(x, pass).Softmax(1) * x).Sum([1]);
        return head.Forward(Tapped("pool", x, pass), pass);
    }

    /// <summary>x + attention(norm x), then x + mlp(norm x), with twice as many hidden units.</summary>
    private sealed class Block(Params p, Activation act) : Module
    {
        private readonly LayerNorm norm1 = new(p / "attention_pre_norm", Width);
        private readonly Linear qkv = WithoutSubnormals(new(p / "attention.in_proj", Width, 3 * Width));
        private readonly Linear proj = new(p / "attention.out_proj", Width, Width);
        private readonly LayerNorm norm2 = new(p / "mlp_pre_norm", Width);
        private readonly Linear fc1 = new(p / "mlp.0", Width, 2 * Width);
        private readonly Linear fc2 = new(p / "mlp.3", 2 * Width, Width);

        public override Tensor Forward(Tensor x, Pass? pass = null)
        {
            x += proj.Forward(qkv.Forward(norm1.Forward(x, pass), pass).SelfAttention(Heads), pass);
            return x + fc2.Forward(fc1.Forward(norm2.Forward(x, pass), pass, act), pass);
        }

        /// <summary>
        /// Weight decay brought most query and key weights of the published file below the smallest normal number, and there
        /// the processor is five times slower. Zeros in their place give the same scores: products of two such numbers vanish.
        /// </summary>
        private static Linear WithoutSubnormals(Linear layer)
        {
            foreach (Parameter parameter in (Parameter[])[layer.Weight, layer.Bias])
            {
                Tensor value = parameter.Value;
                if (value.Type != DType.F32) continue;
                float[] numbers = value.ToArray<float>();
                if (!numbers.Any(float.IsSubnormal)) continue;
                for (int i = 0; i < numbers.Length; i++) numbers[i] = float.IsSubnormal(numbers[i]) ? 0 : numbers[i];
                parameter.Value = Tensor.From(numbers, value.Shape).To(value.Device);
            }
            return layer;
        }
    }
}
