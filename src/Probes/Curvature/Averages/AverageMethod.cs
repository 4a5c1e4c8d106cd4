using MiniGrad.Probes.Boundary;

namespace MiniGrad.Probes.Curvature;

/// <summary>How the sum K1 of the principal curvatures is found without the full matrix; the average is K1/(d − 1).</summary>
public abstract record AverageMethod
{
    /// <summary>Rows that are differentiated together. The results do not depend on it.</summary>
    protected const int Rows = 50;

    /// <summary>Throws, naming the first setting that makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting makes no sense.</exception>
    public virtual void Check()
    {
    }

    /// <summary>The sum of curvatures of every pair at one image [1, …], whose number errors name; NaN for singular pairs.</summary>
    public abstract CurvatureSum[] Of(
        Classifier classifier, Tensor image, BoundaryFrame frame, HessianMethod method, Rng rng, int index = 0);

    /// <summary>H n for the normal n of every pair, each with its own H; rows of zeros for singular pairs.</summary>
    protected static double[][] AlongNormals(Classifier classifier, Tensor image, BoundaryFrame frame, HessianMethod method, int index)
    {
        int size = (int)image.Count;
        double[] normals = new double[frame.Pairs.Length * size];
        for (int p = 0; p < frame.Pairs.Length; p++) frame.Pairs[p].Normal.CopyTo(normals, p * size);
        return Multiply(classifier, image, frame.Weights(classifier.ClassCount, image.Type, classifier.Device), normals, method, index);
    }

    /// <summary>Each row of v times the Hessian of the same row of weights, or of the only one, all at one image.</summary>
    protected static double[][] Multiply(Classifier classifier, Tensor image, Tensor weights, double[] v, HessianMethod method, int index)
    {
        image = image.To(classifier.Device);
        int size = (int)image.Count;
        List<double[]> all = [];
        classifier.Batches.Run(v.Length / size, Rows, (first, rows) =>
        {
            double[] part = v[(first * size)..((first + rows) * size)];
            double[] products = Arena.Step(
                () =>
                {
                    Tensor directions = Directions(part, image);
                    Tensor own = weights.Shape[0] == 1
                        ? weights.BroadcastTo([rows, weights.Shape[1]])
                        : weights.Take(0, new AxisRange(first, rows));
                    return BoundaryFrames.Doubles(
                        method.At(classifier, image.BroadcastTo(directions.Shape).Contiguous(), own.Contiguous()).Times(directions));
                }, _ => []);
            BoundaryFrames.CheckFinite(products, products.Length, "a second derivative", index);
            for (int r = 0; r < rows; r++) all.Add(products[(r * size)..((r + 1) * size)]);
        });
        return [.. all];
    }

    /// <summary>vᵀHv of every class for each row of v at one image, [rows, classes].</summary>
    protected static double[] Quadratic(Classifier classifier, Tensor image, double[] v, HessianMethod method, int index)
    {
        image = image.To(classifier.Device);
        int size = (int)image.Count;
        List<double> values = [];
        classifier.Batches.Run(v.Length / size, v.Length / size, (first, rows) =>
        {
            double[] part = v[(first * size)..((first + rows) * size)];
            values.AddRange(
                Arena.Step(() => BoundaryFrames.Doubles(method.Quadratic(classifier, image, Directions(part, image))), _ => []));
        });
        double[] all = [.. values];
        BoundaryFrames.CheckFinite(all, all.Length, "a second derivative", index);
        return all;
    }

    private static Tensor Directions(double[] v, Tensor image) =>
        Tensor.From(v, image.Shape.With(0, (int)(v.Length / image.Count)), image.Device).Cast(image.Type);

    /// <summary>Mean and standard error of samples.</summary>
    protected static (double Mean, double Error) Mean(ReadOnlySpan<double> samples)
    {
        double mean = 0;
        foreach (double sample in samples) mean += sample;
        mean /= samples.Length;
        double square = 0;
        foreach (double sample in samples) square += (sample - mean) * (sample - mean);
        return (mean, Math.Sqrt(square / (samples.Length - 1) / samples.Length));
    }

    /// <summary>Random signs: the numbers of least variance for traces.</summary>
    protected static double[] Signs(Rng rng, int count)
    {
        uint[] bits = new uint[(count + 31) / 32];
        rng.Bits(bits);
        double[] signs = new double[count];
        for (int i = 0; i < count; i++) signs[i] = (bits[i / 32] >> (i % 32) & 1) == 0 ? 1 : -1;
        return signs;
    }
}

/// <summary>K1 of one pair, with the standard error of an estimate; 0 where nothing was sampled.</summary>
public sealed record CurvatureSum(int Competitor, double Sum, double StandardError);
