namespace MiniGrad.Probes.Curvature;

/// <summary>
/// How second derivatives of logits in the image are taken. Rows never meet: each image has its own Hessian and each row
/// of a direction is multiplied by the Hessian of its own image.
/// </summary>
public abstract record HessianMethod
{
    /// <summary>Derivatives of the graph: right for smooth networks, zero almost everywhere for piecewise linear ones.</summary>
    public static HessianMethod Exact { get; } = new ExactHessian();

    /// <summary>Gradient differences on both sides of the image.</summary>
    public static HessianMethod Central(double step = DifferenceHessian.UsualStep) => new DifferenceHessian(DifferenceSides.Both, step);

    /// <summary>Gradient differences on one side of the image.</summary>
    public static HessianMethod Forward(double step = DifferenceHessian.UsualStep) => new DifferenceHessian(DifferenceSides.Ahead, step);

    /// <summary>Exact for a smooth network, central differences of step 0.1 for a piecewise linear one.</summary>
    public static HessianMethod Usual(Classifier classifier) => classifier.IsPiecewiseLinear ? Central() : Exact;

    /// <summary>Throws, naming the first setting that makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting makes no sense.</exception>
    public virtual void Check()
    {
    }

    /// <summary>Whether all that this method sees of a classifier's curvature is zero: its logits are piecewise linear.</summary>
    public virtual bool IsBlindTo(Classifier classifier) => false;

    /// <summary>
    /// The Hessian of Σ_c weights[n, c] · logit_c at each image [N, …], kept for as many products as wanted.
    /// </summary>
    public abstract LocalHessian At(Classifier classifier, Tensor images, Tensor weights);

    /// <summary>
    /// ∇²logit_c · v for every class: [K, classes, …] for directions [K, …] and as many images, or one image for all directions.
    /// </summary>
    public abstract Tensor EveryClass(Classifier classifier, Tensor images, Tensor v);

    /// <summary>vᵀ ∇²logit_c v for every class, [K, classes]; directions and images as in <see cref="EveryClass"/>.</summary>
    public abstract Tensor Quadratic(Classifier classifier, Tensor images, Tensor v);

    /// <summary>∂logit_c/∂image for every class, [N, classes, …]: of the logits as this method sees them.</summary>
    public virtual Tensor Slopes(Classifier classifier, Tensor images) => Jacobian(classifier, images);

    /// <summary>As many images as directions.</summary>
    protected static Tensor Repeat(Tensor images, Tensor v)
    {
        CheckFit(images, v);
        return images.Shape == v.Shape ? images : images.BroadcastTo(v.Shape).Contiguous();
    }

    /// <summary>Throws unless there is an image for each direction, or one for all.</summary>
    protected static void CheckFit(Tensor images, Tensor v)
    {
        if (images.Shape == v.Shape) return;
        if (images.Shape[0] != 1 || images.Rank != v.Rank || new Shape(images.Shape.Sizes[1..]) != new Shape(v.Shape.Sizes[1..]))
        {
            Throw.Argument($"hessian: directions {v.Shape} for images {images.Shape}; give one image for each direction, or one for all.");
        }
    }

    /// <summary>∂logit_c/∂image for every class, [N, classes, …].</summary>
    public static Tensor Jacobian(Classifier classifier, Tensor images) => Hessian.Jacobian(classifier.Logits, images.Detach());

    /// <summary>The gradient of Σ_c weights[n, c] · logit_c.</summary>
    public static Tensor Gradient(Classifier classifier, Tensor images, Tensor weights)
    {
        Tensor leaf = images.Detach().Tracked();
        return MiniGrad.Gradient.Of(classifier.Logits(leaf), leaf, weights);
    }
}
