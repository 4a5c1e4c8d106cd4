namespace MiniGrad.Tests.Goldens;

/// <summary>Every record name of ops.jsonl and losses.jsonl in our operations, with PyTorch's argument conventions.</summary>
public static class GoldenOps
{
    public static GoldenResult Run(string name, Tensor[] inputs, GoldenOptions options)
    {
        Tensor x = inputs[0];
        return name switch
        {
            "neg" => -x,
            "abs" => x.Abs(),
            "exp" => x.Exp(),
            "expm1" => x.Expm1(),
            "log" => x.Log(),
            "log1p" => x.Log1p(),
            "square" => x.Square(),
            "sqrt" => x.Sqrt(),
            "rsqrt" => x.Rsqrt(),
            "sin" => x.Sin(),
            "cos" => x.Cos(),
            "tanh" => x.Tanh(),
            "erf" => x.Erf(),
            "sign" => x.Sign(),
            "floor" => x.Floor(),
            "round" => x.Round(),
            "relu" => x.Relu(),
            "sigmoid" => x.Sigmoid(),
            "silu" => x.Silu(),
            "pow" => x.Pow(options.Number("exponent")),
            "leaky_relu" => x.LeakyRelu(options.Number("negative_slope")),
            "elu" => x.Elu(options.Number("alpha")),
            "softplus" => x.Softplus(options.Number("beta")),
            "gelu" => options.Text("approximate") == "tanh" ? x.GeluTanh() : x.Gelu(),
            "clamp" => x.Clamp(options.Number("min"), options.Number("max")),

            "add" => x + inputs[1],
            "sub" => x - inputs[1],
            "mul" => x * inputs[1],
            "div" => x / inputs[1],
            "minimum" => x.Minimum(inputs[1]),
            "maximum" => x.Maximum(inputs[1]),
            "where" => Ops.Where(x.Cast(DType.Bool), inputs[1], inputs[2]),

            "slice" => Slice(x, options),
            "flip" => options.Integers("axes").Aggregate(x, (y, axis) => y.Flip(axis)),
            "permute" => x.Permute(options.Integers("axes")),
            "broadcast_to" => x.BroadcastTo(new Shape(options.Integers("shape"))),
            "cat" => Ops.Concat(inputs, options.Integer("axis")),
            "stack" => Ops.Stack(inputs, options.Integer("axis")),
            "pad" => Pad(x, options),
            "gather" => x.Gather(options.Integer("axis"), inputs[1]),
            "scatter_add" => x + inputs[2].ScatterAdd(options.Integer("axis"), inputs[1], x.Shape[options.Integer("axis")]),

            "sum" => x.Sum(options.Integers("axes"), options.Flag("keep_dims")),
            "mean" => x.Mean(options.Integers("axes"), options.Flag("keep_dims")),
            "amax" => x.Max(options.Integers("axes"), options.Flag("keep_dims")),
            "logsumexp" => x.LogSumExp(options.Integers("axes"), options.Flag("keep_dims")),
            "norm" => Norm(x, options),
            "argmax" => ArgMax(x, options),
            "max_axis" => MaxAxis(x, options.Integers("axes")[0]),
            "softmax" => x.Softmax(options.Integer("axis")),
            "log_softmax" => x.LogSoftmax(options.Integer("axis")),

            "matmul" =>
                MatMul(options.Flag("transpose_a") ? x.Transpose() : x, options.Flag("transpose_b") ? inputs[1].Transpose() : inputs[1]),
            "attention" => Attention(inputs),
            "conv2d" => Conv2d(inputs, options),
            "max_pool2d" => x.MaxPool(Pool(options)),
            "avg_pool2d" => x.AveragePool(Pool(options), options.Flag("count_include_pad")),
            "adaptive_avg_pool2d" => x.AdaptiveAveragePool(options.Integers("output_size")[0], options.Integers("output_size")[1]),
            "grid_sample" => GridSample(x, inputs[1], options),
            "layer_norm" => LayerNorm(inputs, options),
            "batch_norm" => BatchNorm(inputs, options),

            "cross_entropy" => CrossEntropy(x, inputs[1], options),
            "nll" => Reduce(-x.Gather(1, inputs[1].Unsqueeze(1)).Squeeze(1), options.Reduction),
            "mse" => Reduce((x - inputs[1]).Square(), options.Reduction),
            "binary_cross_entropy_with_logits" => Reduce(x.Softplus() - x * inputs[1], options.Reduction),
            _ => throw new NotSupportedException($"golden: no operation of ours is named for {name}. Add it to GoldenOps."),
        };
    }

    private static Tensor Slice(Tensor x, GoldenOptions options)
    {
        (int[] starts, int[] stops, int[] steps) = (options.Integers("starts"), options.Integers("stops"), options.Integers("steps"));
        for (int axis = 0; axis < starts.Length; axis++) x = x.Slice(axis, starts[axis], stops[axis], steps[axis]);
        return x;
    }

    private static Tensor Pad(Tensor x, GoldenOptions options)
    {
        int[] pad = options.Integers("pad");
        (int left, int right, int top, int bottom) = (pad[0], pad[1], pad[2], pad[3]);
        if (options.Text("mode") == "reflect") return x.PadReflect(top, bottom, left, right);
        if (options.Text("mode") == "replicate") return x.PadEdge(top, bottom, left, right);
        Tensor inside = Ops.Ones(x.Shape, x.Type, x.Device).PadZero(top, bottom, left, right);
        return x.PadZero(top, bottom, left, right) + (1 - inside) * options.Number("value");
    }

    private static Tensor Norm(Tensor x, GoldenOptions options)
    {
        (int[] axes, bool keepDims) = (options.Integers("axes"), options.Flag("keep_dims"));
        return options.Number("ord") switch
        {
            1 => x.NormL1(axes, keepDims),
            2 => x.NormL2(axes, keepDims),
            double.PositiveInfinity => x.NormLinf(axes, keepDims),
            double order => throw new NotSupportedException($"golden: no norm of order {order}."),
        };
    }

    private static Tensor ArgMax(Tensor x, GoldenOptions options)
    {
        int[] axes = options.Integers("axes");
        return axes.Length == 1 ? x.ArgMax(axes[0], options.Flag("keep_dims")) : x.Reshape(-1).ArgMax(0);
    }

    private static GoldenResult MaxAxis(Tensor x, int axis)
    {
        Tensor index = x.ArgMax(axis, keepDims: true);
        return new(x.Gather(axis, index).Squeeze(axis), ("indices", index.Squeeze(axis)));
    }

    private static Tensor MatMul(Tensor a, Tensor b)
    {
        Tensor y = (a.Rank == 1 ? a.Unsqueeze(0) : a).MatMul(b.Rank == 1 ? b.Unsqueeze(1) : b);
        if (b.Rank == 1) y = y.Squeeze(-1);
        return a.Rank == 1 ? y.Squeeze(0) : y;
    }

    private static Tensor Attention(Tensor[] inputs)
    {
        if (inputs.Length == 3) return Ops.Attention(inputs[0], inputs[1], inputs[2]);
        Tensor allowed = inputs[3].Cast(DType.Bool);
        Tensor none = Ops.Zeros(allowed.Shape, inputs[0].Type, allowed.Device);
        return Ops.Attention(inputs[0], inputs[1], inputs[2], none.Where(allowed, double.NegativeInfinity));
    }

    private static Tensor Conv2d(Tensor[] inputs, GoldenOptions options)
    {
        (int[] stride, int[] pad, int[] dilation) = (options.Integers("stride"), options.Integers("padding"), options.Integers("dilation"));
        Tensor y = inputs[0]
            .Conv2d(inputs[1], new(stride[0], stride[1], pad[0], pad[1], dilation[0], dilation[1], options.Integer("groups")));
        return inputs.Length == 2 ? y : y + inputs[2].Reshape(-1, 1, 1);
    }

    private static PoolOptions Pool(GoldenOptions options)
    {
        (int[] kernel, int[] stride, int[] pad) =
            (options.Integers("kernel_size"), options.Integers("stride"), options.Integers("padding"));
        return new(kernel[0], kernel[1], stride[0], stride[1], pad[0], pad[1], options.Flag("ceil_mode"));
    }

    /// <summary>PyTorch's grid runs from −1 to 1 over the pixel centres (align_corners) or over the outer borders.</summary>
    private static Tensor GridSample(Tensor x, Tensor grid, GoldenOptions options)
    {
        Tensor Pixels(int coordinate, int size)
        {
            Tensor g = grid.At(3, coordinate);
            return options.Flag("align_corners") ? (g + 1) * 0.5 * (size - 1) : ((g + 1) * size - 1) * 0.5;
        }
        Border border = options.Text("padding_mode") == "border" ? Border.Edge : Border.Zero;
        return x.BilinearSample(Pixels(0, x.Shape[3]), Pixels(1, x.Shape[2]), border);
    }

    /// <summary>Several normalised axes are one axis of their elements.</summary>
    private static Tensor LayerNorm(Tensor[] inputs, GoldenOptions options)
    {
        Tensor x = inputs[0];
        Shape normalized = new(options.Integers("normalized_shape"));
        Tensor rows = x.Reshape(-1, (int)normalized.Count);
        Tensor? scale = inputs.Length > 1 ? inputs[1].Reshape(-1) : null;
        Tensor? shift = inputs.Length > 1 ? inputs[2].Reshape(-1) : null;
        return rows.LayerNorm(scale, shift, options.Number("eps")).Reshape(x.Shape);
    }

    /// <summary>In training the running statistics follow the batch, its variance unbiased.</summary>
    private static GoldenResult BatchNorm(Tensor[] inputs, GoldenOptions options)
    {
        (Tensor x, Tensor scale, Tensor shift, Tensor mean, Tensor variance) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]);
        double epsilon = options.Number("eps");
        if (!options.Flag("training"))
        {
            return new(x.BatchNorm(mean, variance, scale, shift, epsilon), ("running_mean", mean), ("running_var", variance));
        }
        (Tensor y, Tensor batchMean, Tensor batchVariance) = x.BatchNormTraining(scale, shift, epsilon);
        double n = (double)x.Count / x.Shape[1];
        double momentum = options.Number("momentum");
        return new(y, ("running_mean", mean * (1 - momentum) + batchMean * momentum),
            ("running_var", variance * (1 - momentum) + batchVariance * (momentum * n / (n - 1))));
    }

    private static Tensor CrossEntropy(Tensor x, Tensor target, GoldenOptions options)
    {
        if (target.Type != DType.I32) return x.CrossEntropy(target, options.Reduction);
        int[] labels = target.ToArray<int>();
        double smoothing = options.Number("label_smoothing", 0);
        if (smoothing == 0) return x.CrossEntropy(labels, options.Reduction);
        Tensor targets = Ops.OneHot(labels, x.Shape[1], x.Type, x.Device) * (1 - smoothing) + smoothing / x.Shape[1];
        return x.CrossEntropy(targets, options.Reduction);
    }

    private static Tensor Reduce(Tensor losses, LossReduction reduction) => reduction switch
    {
        LossReduction.None => losses,
        LossReduction.Sum => losses.Sum(),
        _ => losses.Mean(),
    };
}
