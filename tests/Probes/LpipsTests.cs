using MiniGrad.Nn;
using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Distances;
using Xunit;

namespace MiniGrad.Tests.Probes;

/// <summary>LPIPS as a distance and as a function to differentiate, and what it refuses; LpipsGoldenTests compare its values.</summary>
public class LpipsTests
{
    private static readonly Lazy<Lpips> Alex = new(() => Fresh(LpipsNet.Alex));

    [Theory]
    [InlineData(LpipsNet.Alex, 224, "55 27 13 13 13")]
    [InlineData(LpipsNet.Alex, 64, "15 7 3 3 3")]
    [InlineData(LpipsNet.Alex, 34, "7 3 1 1 1")]
    [InlineData(LpipsNet.Alex, 32, "7 3 1 1 1")]
    [InlineData(LpipsNet.Alex, 28, "7 3 1 1 1")]
    [InlineData(LpipsNet.Squeeze, 64, "31 15 7 3 3 3 3")]
    [InlineData(LpipsNet.Vgg, 32, "32 16 8 4 2")]
    [InlineData(LpipsNet.Vgg, 28, "34 17 8 4 2")]
    public void TapsHaveTheSizesOfTheirLayers(LpipsNet net, int side, string sizes)
    {
        LpipsFeatures features = new(net, Params.Fresh(1));
        Tensor[] taps = features.Of(ClosedForm.Images(1, [3, side, side]));
        int[] channels = net switch
        {
            LpipsNet.Alex => [64, 192, 384, 256, 256],
            LpipsNet.Vgg => [64, 128, 256, 512, 512],
            _ => [64, 128, 256, 384, 384, 512, 512],
        };
        Assert.Equal(sizes.Split(' ').Select((size, l) => new Shape([1, channels[l], int.Parse(size, null), int.Parse(size, null)])),
            taps.Select(tap => tap.Shape));
        Assert.Equal(channels, features.Channels);
        Assert.All(taps, tap => Assert.All(tap.ToArray<float>(), value => Assert.True(value >= 0)));
    }

    [Theory]
    [InlineData(LpipsNet.Alex, 31, 30)]
    [InlineData(LpipsNet.Vgg, 16, 15)]
    [InlineData(LpipsNet.Squeeze, 17, 16)]
    public void WithoutPaddingTheNetworkTakesWhatItsWindowsFit(LpipsNet net, int smallest, int tooSmall)
    {
        LpipsFeatures features = new(net, Params.Fresh(1), pad: false);
        Tensor last = features.Of(ClosedForm.Images(1, [3, smallest, smallest]))[^1];
        Assert.Equal((1, 1), (last.Shape[2], last.Shape[3]));
        ArgumentException error = Assert.Throws<ArgumentException>(() => features.Of(ClosedForm.Images(1, [3, 40, tooSmall])));
        Assert.Contains($"[1, 3, 40, {tooSmall}]", error.Message, StringComparison.Ordinal);
        Assert.Contains($"at least {smallest}", error.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(LpipsNet.Alex), InlineData(LpipsNet.Squeeze)]
    public void EqualImagesAreAtZeroWithZeroGradient(LpipsNet net)
    {
        Lpips lpips = Fresh(net);
        Tensor a = ClosedForm.Images(2, [3, 34, 34], 1, DType.F64).Tracked();
        Tensor b = ClosedForm.Images(2, [3, 34, 34], 1, DType.F64).Tracked();
        foreach (Tensor distance in (Tensor[])[lpips.Distance(a, b), new FeatureDistance(lpips.Features).Distance(a, b)])
        {
            Assert.Equal([0, 0], distance.ToArray<double>());
            foreach (Tensor gradient in Gradient.Of(distance.Sum(), [a, b]))
            {
                Assert.All(gradient.ToArray<double>(), g => Assert.Equal(0, g));
            }
        }
    }

    [Fact]
    public void ItIsSymmetricToTheBit()
    {
        Tensor a = ClosedForm.Images(2, [3, 34, 34], 1, DType.F64);
        Tensor b = ClosedForm.Images(2, [3, 34, 34], 2, DType.F64);
        FeatureDistance feature = new(Alex.Value.Features);
        Assert.Equal(Alex.Value.Distance(a, b).ToArray<double>(), Alex.Value.Distance(b, a).ToArray<double>());
        Assert.Equal(feature.Distance(a, b).ToArray<double>(), feature.Distance(b, a).ToArray<double>());
        Assert.All(Alex.Value.Distance(a, b).ToArray<double>(), d => Assert.True(d > 0.01));
    }

    [Theory, InlineData(LpipsNet.Alex), InlineData(LpipsNet.Squeeze)]
    public void ADistanceIsThatOfItsEmbedding(LpipsNet net)
    {
        Lpips lpips = Fresh(net);
        FeatureDistance feature = new(lpips.Features);
        Tensor a = ClosedForm.Images(2, [1, 28, 28], 1, DType.F64);
        Tensor b = ClosedForm.Images(2, [1, 28, 28], 2, DType.F64);
        double[] Squares(Func<Tensor, Tensor> embed) => (embed(a) - embed(b)).Square().Sum([1]).ToArray<double>();
        foreach ((double square, double distance) in Squares(lpips.Embed).Zip(lpips.Distance(a, b).ToArray<double>()))
        {
            Assert.Equal(distance, square, 1e-12);
        }
        foreach ((double square, double distance) in Squares(feature.Embed).Zip(feature.Distance(a, b).ToArray<double>()))
        {
            Assert.Equal(distance, Math.Sqrt(square), 1e-12);
        }
    }

    [Fact]
    public void PerceptualAttacksKeepLpipsInTheBox()
    {
        Tensor images = ClosedForm.Images(2, [3, 32, 32], 4).Cast(DType.F64);
        Tensor other = ClosedForm.Images(2, [3, 32, 32], 5).Cast(DType.F64);
        Tensor direction = (other - images).Sign().Take(0, new AxisRange(0, 1));
        Classifier line = new(x => Ops.Concat([(x * direction).Flatten().Sum([1], keepDims: true),
            Ops.Zeros([x.Shape[0], 1], x.Type)], 1), [3, 32, 32], 2);
        int[] labels = Logits.Prediction(line.Logits(images));
        double radius = 0.1 * Alex.Value.Of(images, other).Min();
        LpipsBall ball = new(Alex.Value, radius);
        Attack[] attacks = [new Lpa(ball, Steps: 2, Rounds: 2), new FastLpa(ball, Steps: 3), new Ppgd(ball, Steps: 2)];
        foreach (Attack attack in attacks)
        {
            AttackResult result = attack.Run(line, new(images, labels));
            Assert.All(result.Output.ToArray<double>(), pixel => Assert.InRange(pixel, 0, 1));
            Assert.All(Alex.Value.Of(images, result.Output), d => Assert.InRange(d, 1e-4 * radius, radius * (1 + 1e-6) + 1e-6));
        }
    }

    [Fact]
    public void NumbersAreTheDistance_WhateverTheBatch()
    {
        // 4096 pixels each, so that 32 pairs fit into one part.
        Tensor a = ClosedForm.Images(36, [1, 64, 64], 1);
        Tensor b = ClosedForm.Images(36, [1, 64, 64], 2);
        Lpips lpips = Fresh(LpipsNet.Alex, DType.F32);
        double[] all = lpips.Of(a, b);
        Assert.Equal(36, all.Length);
        foreach (int i in (int[])[0, 31, 32, 35]) Assert.Equal(lpips.Distance(a.TakeIndices(0, [i]), b.TakeIndices(0, [i])).Item(), all[i]);
    }

    [Fact]
    public void GreyIsRepeatedAndSmallImagesStandOnBlack()
    {
        Tensor grey = ClosedForm.Images(2, [1, 28, 28], 1, DType.F64);
        Tensor other = ClosedForm.Images(2, [1, 28, 28], 2, DType.F64);
        Tensor Colour(Tensor x) => Ops.Concat([x, x, x], 1).PadZero(3, 3, 3, 3);
        Assert.Equal(Alex.Value.Distance(Colour(grey), Colour(other)).ToArray<double>(),
            Alex.Value.Distance(grey, other).ToArray<double>());
    }

    [Theory, InlineData(LpipsNet.Alex), InlineData(LpipsNet.Squeeze)]
    public void DerivativesAgreeWithDifferences(LpipsNet net)
    {
        // Along a few directions in both images: all of the pixels would take minutes.
        Lpips lpips = Fresh(net);
        FeatureDistance feature = new(lpips.Features);
        Shape shape = [1, 3, 34, 34];
        Tensor[] images = [.. Enumerable.Range(1, 2).Select(seed => ClosedForm.Images(1, [3, 34, 34], seed, DType.F64, 0.2, 0.8))];
        Tensor directions = ClosedForm.Images(4, [3, 34, 34], 9, DType.F64, -0.1, 0.1).Reshape(4, -1);
        Tensor Move(Tensor image, Tensor t) => image + t.Reshape(1, 4).MatMul(directions).Reshape(shape);
        foreach (Func<Tensor, Tensor, Tensor> distance in (Func<Tensor, Tensor, Tensor>[])[lpips.Distance, feature.Distance])
        {
            GradCheckResult result = GradCheck.Run(t => distance(Move(images[0], t[0]), Move(images[1], t[1])),
                [Ops.Zeros([4], DType.F64), Ops.Zeros([4], DType.F64)]);
            Assert.True(result.Passed, result.ToString());
        }
    }

    [Theory, InlineData(DType.F32), InlineData(DType.F64)]
    public void WhereAllChannelsAreOff_NoDerivativeIsNaN(DType type)
    {
        // Biases that switch all filters of the first layer off where an image is dark, and those of the fourth everywhere.
        Params fresh = Params.Fresh(1, type);
        _ = new LpipsFeatures(LpipsNet.Alex, fresh);
        Dictionary<string, Tensor> weights = fresh.All.ToDictionary(p => p.Name, p => p.Name switch
        {
            "features.0.bias" => Ops.Full(p.Value.Shape, -0.5, type),
            "features.8.bias" => Ops.Full(p.Value.Shape, -100, type),
            _ => p.Value,
        });
        Lpips lpips = Lpips.Load(LpipsNet.Alex, weights, Heads(LpipsNet.Alex), type);
        Tensor dark = Ops.Full([1, 3, 40, 20], 0.45, type);
        Tensor a = Ops.Concat([dark, ClosedForm.Images(1, [3, 40, 20], 1, type)], 3);
        Tensor b = ClosedForm.Images(1, [3, 40, 40], 2, type);
        Tensor[] taps = lpips.Features.Of(a);
        double[] norms = ClosedForm.Doubles(taps[0].NormL2([1]));
        Assert.Contains(norms, norm => norm == 0);
        Assert.Contains(norms, norm => norm > 0);
        Assert.All(ClosedForm.Doubles(taps[3]), value => Assert.Equal(0, value));
        Tensor v = ClosedForm.Images(1, [3, 40, 40], 3, type);
        foreach (Func<Tensor, Tensor, Tensor> distance in (Func<Tensor, Tensor, Tensor>[])[
            lpips.Distance, new FeatureDistance(lpips.Features).Distance])
        {
            Tensor of(Tensor x) => distance(x, b).Sum();
            Tensor twice(Tensor x) => (Hessian.Times(of, x, v, record: true) * v).Sum();
            Assert.InRange(of(a).Item(), 1e-6, 100);
            Tensor[] derivatives = [Gradient.Of(of, a), Hessian.Times(of, a, v), Gradient.Of(twice, a), Hessian.Times(twice, a, v)];
            Assert.All(derivatives, d => Assert.All(ClosedForm.Doubles(d), value => Assert.True(double.IsFinite(value))));
            Assert.NotEqual(0, derivatives[0].Abs().Sum().Item());
        }
    }

    [Fact]
    public void FeatureDistanceIsItsDefinition()
    {
        Tensor a = ClosedForm.Images(2, [3, 34, 34], 1, DType.F64);
        Tensor b = ClosedForm.Images(2, [3, 34, 34], 2, DType.F64);
        LpipsFeatures features = Alex.Value.Features;
        Tensor Phi(Tensor x) => Ops.Concat([.. features.Of(x).Select(f =>
            (f / (f.Square().Sum(1, keepDims: true).Sqrt() + 1e-10) / Math.Sqrt(f.Shape[2] * f.Shape[3])).Flatten())], 1);
        double[] expected = (Phi(a) - Phi(b)).NormL2([1]).ToArray<double>();
        double[] actual = new FeatureDistance(features).Distance(a, b).ToArray<double>();
        for (int i = 0; i < 2; i++) Assert.Equal(expected[i], actual[i], 1e-12);
    }

    [Fact]
    public void FeatureDistanceOfANetworkIsThatOfItsTaps()
    {
        Network network = ModelCatalog.Create("lenet5", 1, type: DType.F64);
        Tensor a = ClosedForm.Images(2, [1, 28, 28], 1, DType.F64);
        Tensor b = ClosedForm.Images(2, [1, 28, 28], 2, DType.F64);
        FeatureDistance byFunction = new(x => [network.Tap("conv1", x), network.Tap("fc1", x)]);
        double[] distance = new FeatureDistance(network, "conv1", "fc1").Distance(a, b).ToArray<double>();
        Assert.Equal(byFunction.Distance(a, b).ToArray<double>(), distance);
        Assert.All(distance, d => Assert.InRange(d, 1e-3, 4));
        Assert.Contains("\"conv9\"", Assert.Throws<ArgumentException>(() => new FeatureDistance(network, "conv1", "conv9")).Message,
            StringComparison.Ordinal);
        Assert.Contains("no tap", Assert.Throws<ArgumentException>(() => new FeatureDistance(network)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImagesThatDoNotFitAreRefused()
    {
        void Refused(Tensor a, Tensor b, params string[] words)
        {
            foreach (Action call in (Action[])[() => Alex.Value.Distance(a, b), () => Alex.Value.Of(a, b)])
            {
                ArgumentException error = Assert.Throws<ArgumentException>(call);
                Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
            }
        }
        Tensor fine = Ops.Full([2, 3, 32, 32], 0.5, DType.F64);
        Refused(fine, Ops.Full([2, 1, 32, 32], 0.5, DType.F64), "[2, 3, 32, 32]", "[2, 1, 32, 32]");
        Refused(fine, fine.Slice(0, 0, 1), "[1, 3, 32, 32]");
        Refused(fine.Slice(1, 0, 2), fine.Slice(1, 0, 2), "[2, 2, 32, 32]", "1 or 3");
        Refused(fine.Reshape(2, 3, 1024), fine.Reshape(2, 3, 1024), "[2, 3, 1024]");
        Refused(fine.Slice(0, 0, 0), fine.Slice(0, 0, 0), "[0, 3, 32, 32]");
        double[] pixels = new double[2 * 3 * 32 * 32];
        foreach ((double value, string text) in ((double, string)[])[(1.0042, "1.0042"), (-0.5, "-0.5"), (double.NaN, "NaN")])
        {
            pixels[3072 + 5] = value;
            Refused(fine, Tensor.From(pixels, fine.Shape), "image 1 is outside the box [0, 1]", $"pixel 5 is {text}");
        }
        ArgumentException type = Assert.Throws<ArgumentException>(() => Alex.Value.Distance(fine.Cast(DType.F32), fine.Cast(DType.F32)));
        Assert.Contains("F32", type.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsThatDoNotFitAreAllNamed()
    {
        Dictionary<string, Tensor> weights = Backbone(LpipsNet.Alex);
        weights.Remove("features.3.bias");
        weights["features.6.weight"] = Ops.Zeros([384, 192, 5, 5]);
        weights["features.1.weight"] = Ops.Zeros([3]);
        weights["classifier.6.weight"] = Ops.Zeros([10, 20]);
        Fails(weights, Heads(LpipsNet.Alex), "lpips-alex backbone", "missing \"features.3.bias\" [192]",
            "\"features.6.weight\" is [384, 192, 5, 5], expected [384, 192, 3, 3]", "unused \"features.1.weight\"");

        Dictionary<string, Tensor> heads = Heads(LpipsNet.Alex);
        heads["lin1.model.1.weight"] = Ops.Zeros([1, 191, 1, 1]);
        heads["lin5.model.1.weight"] = Ops.Zeros([1, 512, 1, 1]);
        heads.Remove("lin0.model.1.weight");
        Fails(Backbone(LpipsNet.Alex), heads, "lpips-alex linear weights", "missing \"lin0.model.1.weight\" [1, 64, 1, 1]",
            "is [1, 191, 1, 1], expected [1, 192, 1, 1]", "unused \"lin5.model.1.weight\"");
        Fails(Backbone(LpipsNet.Alex), Heads(LpipsNet.Vgg), "lin1.model.1.weight", "[1, 128, 1, 1]", "lin4.model.1.weight");
    }

    [Fact]
    public void WeightsThatMakeNoDistanceAreRefused()
    {
        foreach ((float value, string text) in ((float, string)[])[
            (-0.25f, "-0.25"), (float.NaN, "NaN"), (float.PositiveInfinity, "Infinity")])
        {
            float[] line = new float[192];
            line[17] = value;
            Dictionary<string, Tensor> heads = Heads(LpipsNet.Alex);
            heads["lin1.model.1.weight"] = Tensor.From(line, [1, 192, 1, 1]);
            Fails(Backbone(LpipsNet.Alex), heads, "element 17 of \"lin1.model.1.weight\"", text);
        }
        Dictionary<string, Tensor> weights = Backbone(LpipsNet.Alex);
        float[] bias = new float[384];
        bias[3] = float.NaN;
        weights["features.6.bias"] = Tensor.From(bias);
        Fails(weights, Heads(LpipsNet.Alex), "element 3 of \"features.6.bias\" is NaN");
    }

    private static void Fails(Dictionary<string, Tensor> backbone, Dictionary<string, Tensor> heads, params string[] words)
    {
        WeightsException error = Assert.Throws<WeightsException>(() => Lpips.Load(LpipsNet.Alex, backbone, heads));
        Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
    }

    /// <summary>Fresh weights by torchvision's names, with a classifier as its files have.</summary>
    [Fact]
    public void AnAttackWithinAPerceptualDistanceKeepsItInTheBox()
    {
        Tensor images = ClosedForm.Images(2, [3, 32, 32], 4).Cast(DType.F64);
        Tensor other = ClosedForm.Images(2, [3, 32, 32], 5).Cast(DType.F64);
        double radius = 0.3 * Alex.Value.Of(images, other).Min();
        LpipsBall ball = new(Alex.Value, radius);
        // From the radius on the way back ends at it; inside nothing is moved.
        double[] back = ball.Distance(images, ball.Project(images, other));
        Assert.All(back, distance => Assert.InRange(distance, 0.99 * radius, radius));
        Tensor near = images + (other - images) * 0.01;
        Assert.Equal(near.ToArray<double>(), ball.Project(images, near).ToArray<double>());
        Tensor direction = (other - images).Sign();
        Classifier line = new(x => Ops.Concat([(x * direction.Take(0, new AxisRange(0, 1))).Flatten().Sum([1], keepDims: true),
            Ops.Zeros([x.Shape[0], 1], x.Type)], 1), [3, 32, 32], 2);
        int[] labels = Logits.Prediction(line.Logits(images));
        AttackResult result = new Pgd(ball, Steps: 3, StepSize: 5).Run(line, new(images, labels));
        Assert.All(result.Output.ToArray<double>(), pixel => Assert.InRange(pixel, 0, 1));
        Assert.All(Alex.Value.Of(images, result.Output), distance => Assert.InRange(distance, 1e-3 * radius, radius * (1 + 1e-6) + 1e-6));
    }

    private static Dictionary<string, Tensor> Backbone(LpipsNet net)
    {
        Params p = Params.Fresh(1);
        _ = new LpipsFeatures(net, p);
        Dictionary<string, Tensor> weights = p.All.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        weights["classifier.1.weight"] = Ops.Zeros([4, 4]);
        return weights;
    }

    private static Dictionary<string, Tensor> Heads(LpipsNet net)
    {
        LpipsFeatures features = new(net, Params.Fresh(1));
        return Enumerable.Range(0, features.Channels.Count)
            .ToDictionary(l => $"lin{l}.model.1.weight", l => ClosedForm.Images(1, [features.Channels[l], 1, 1], l + 1));
    }

    private static Lpips Fresh(LpipsNet net, DType type = DType.F64) => Lpips.Load(net, Backbone(net), Heads(net), type);
}
