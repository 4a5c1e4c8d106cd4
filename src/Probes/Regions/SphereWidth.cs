namespace MiniGrad.Probes.Regions;

/// <summary>
/// How wide the region is in which a network is as confident as at an image: the confidence of the predicted class on a sphere
/// around the image, in the tangent space of its level set. One sphere of <see cref="PathWidth"/>.
/// </summary>
/// <param name="Radius">The radius of the sphere, L2. The study's are 5 to 30 for CIFAR-10; take 1 to 6 for MNIST.</param>
/// <param name="Directions">Random points on the sphere.</param>
/// <param name="LowShare">The share of the lower quantile.</param>
/// <param name="HighShare">The share of the upper quantile.</param>
public sealed record SphereWidth(double Radius = 5, int Directions = 256, double LowShare = 0.05, double HighShare = 0.95)
    : Probe<SphereWidth.Row>
{
    /// <summary>The confidence at the image, its quantiles on the sphere, and how far its points are once they are in the box.</summary>
    public sealed record Row(double Confidence, double Low, double High, double MeanDistance);

    private PathWidth Spheres => new(SphereNormal.Tangent, Directions, LowShare, HighShare) { Radii = [Radius] };

    /// <inheritdoc/>
    public override void Check(Classifier classifier) => Spheres.Check(classifier);

    /// <inheritdoc/>
    public override Row Measure(Classifier classifier, Tensor image, int label, Rng rng)
    {
        Check(classifier);
        classifier.CheckImage(image, "sphere width");
        int predicted = Logits.Prediction(classifier.Logits(image))[0];
        double[] pixels = image.Detach().Cast(DType.F64).ToArray<double>();
        PathWidthRow[] rows = [.. Spheres.Around(classifier, pixels, image.Type, predicted, 0, null, rng)];
        return new(rows[0].Low, rows[1].Low, rows[1].High, rows[1].MeanDistance);
    }
}
