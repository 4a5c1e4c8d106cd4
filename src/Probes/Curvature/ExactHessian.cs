namespace MiniGrad.Probes.Curvature;

/// <summary>Which way the second walk goes.</summary>
internal enum SecondWalk
{
    /// <summary>The tangent of the gradient: forward over reverse. Pearlmutter, Neural Computation 1994.</summary>
    Forward,

    /// <summary>The gradient of ⟨gradient, v⟩: double backward.</summary>
    Backward,
}

/// <summary>
/// Derivatives of the recorded graph. Products with a piecewise linear network's Hessian
/// are zeros, and that is what it says.
/// </summary>
/// <param name="Second">How <see cref="At"/> multiplies; both ways give the same product.</param>
internal sealed record ExactHessian(SecondWalk Second = SecondWalk.Forward) : HessianMethod
{
    public override bool IsBlindTo(Classifier classifier) => classifier.IsPiecewiseLinear;

    public override LocalHessian At(Classifier classifier, Tensor images, Tensor weights)
    {
        Tensor leaf = images.Detach().Tracked();
        using (Recording.On())
        {
            return new Kept(leaf, MiniGrad.Gradient.Of(classifier.Logits(leaf), leaf, weights, record: true), Second);
        }
    }

    /// <summary>
    /// Records the tangent along v once and walks back from each class: two walks for a class where the tangent of each
    /// class's gradient would take three.
    /// </summary>
    public override Tensor EveryClass(Classifier classifier, Tensor images, Tensor v)
    {
        Tensor leaf = Repeat(images, v).Detach().Tracked();
        Tensor slopes;
        using (Recording.On()) slopes = Tangent.Of(classifier.Logits(leaf), leaf, v, record: true);
        Tensor[] products = new Tensor[classifier.ClassCount];
        for (int c = 0; c < products.Length; c++)
        {
            Tensor seed = Ops.OneHot([.. Enumerable.Repeat(c, v.Shape[0])], products.Length, v.Type, v.Device);
            products[c] = MiniGrad.Gradient.Of(slopes, leaf, seed);
        }
        return Ops.Stack(products, 1);
    }

    /// <summary>The tangent along v of the tangent along v, for all classes in one walk: no gradient is taken.</summary>
    public override Tensor Quadratic(Classifier classifier, Tensor images, Tensor v)
    {
        Tensor leaf = Repeat(images, v).Detach().Tracked();
        using (Recording.On())
        {
            Tensor slopes = Tangent.Of(classifier.Logits(leaf), leaf, v, record: true);
            return Tangent.Of(slopes, leaf, v);
        }
    }

    private sealed class Kept(Tensor leaf, Tensor gradient, SecondWalk second) : LocalHessian
    {
        public override Tensor Gradient { get; } = gradient.Detach();

        public override Tensor Times(Tensor v)
        {
            if (second == SecondWalk.Forward) return Tangent.Of(gradient, leaf, v);
            using (Recording.On()) return MiniGrad.Gradient.Of((gradient * v).Sum(), leaf);
        }
    }
}
