using MiniGrad.Probes;

namespace MiniGrad.Tests.Probes;

/// <summary>Classifiers whose boundaries, gradients and level sets are known; they work in single and in double.</summary>
internal static class ClosedForm
{
    /// <summary>z = W x + b; one row of W for each class.</summary>
    public static Classifier Linear(double[][] weight, double[] bias, Shape shape, double low = 0, double high = 1) =>
        new(x => Affine(x, weight, bias), shape, weight.Length, low, high);

    /// <summary>z = (s, 0) with s = ⟨w, x⟩ + b: class 0 where s is positive; the margin of an image is |s|.</summary>
    public static Classifier Linear(double[] weight, double bias, Shape shape, double low = 0, double high = 1) =>
        Linear([weight, new double[weight.Length]], [bias, 0], shape, low, high);

    /// <summary>
    /// z = (steepness · (‖x − centre‖² − radius²), 0): class 0 outside the sphere, class 1 inside; the level sets of its
    /// confidence are spheres around the centre.
    /// </summary>
    public static Classifier Sphere(double[] centre, double radius, Shape shape, double steepness = 1, double low = 0, double high = 1) =>
        new(x =>
        {
            Tensor from = x.Flatten() - Constant(centre, [1, centre.Length], x.Type);
            return WithZero((from.Square().Sum(1, keepDims: true) - radius * radius) * steepness);
        }, shape, 2, low, high);

    /// <summary>z_k = ½ xᵀ A_k x + ⟨b_k, x⟩.</summary>
    public static Classifier Quadratic(double[][] matrices, double[][] slopes, Shape shape) =>
        new(x =>
        {
            Tensor flat = x.Flatten();
            int n = flat.Shape[1];
            Tensor[] columns = [.. matrices.Select((matrix, k) =>
            {
                Tensor square = (flat.MatMul(Constant(matrix, [n, n], x.Type)) * flat).Sum(1, keepDims: true) * 0.5;
                return square + flat.MatMul(Constant(slopes[k], [n, 1], x.Type));
            })];
            return Ops.Concat(columns, 1);
        }, shape, matrices.Length);

    /// <summary>The same logits for every image; the gradient is exactly zero.</summary>
    public static Classifier Constant(double[] logits, Shape shape)
    {
        double[][] nothing = [.. logits.Select(_ => new double[shape.Count])];
        return Linear(nothing, logits, shape);
    }

    /// <summary>z = W2 · relu(W1 (x − ½) + b1), with weights of a size that makes all classes appear on uniform images.</summary>
    public static Classifier TwoLayer(
        Shape shape, int classes, int units = 24, long seed = 1, Device? device = null, IProgress<string>? notes = null)
    {
        int n = (int)shape.Count;
        Rng rng = new Rng(seed).At("two layers");
        double[] first = Array.ConvertAll(rng.At("first").Normal(n * units), v => 6 * v / Math.Sqrt(n));
        double[] bias = Array.ConvertAll(rng.At("bias").Normal(units), v => 0.1 * v);
        double[] second = Array.ConvertAll(rng.At("second").Normal(units * classes), v => 2 * v / Math.Sqrt(units));
        return new(x =>
            ((x.Flatten() - 0.5).MatMul(Constant(first, [n, units], x.Type, device)) + Constant(bias, [1, units], x.Type, device)).Relu()
            .MatMul(Constant(second, [units, classes], x.Type, device)), shape, classes)
        {
            Device = device ?? Device.Cpu,
            Notes = notes,
        };
    }

    /// <summary>Another classifier's softmax outputs where logits should be.</summary>
    public static Classifier Softmax(Classifier inner) => Change(inner, logits => logits.Softmax(1));

    /// <summary>Another classifier with noise on its logits, new at every call.</summary>
    public static Classifier Noisy(Classifier inner)
    {
        int calls = 0;
        return Change(inner, logits =>
        {
            double[] noise = new Rng(5).At(calls++).Normal((int)logits.Count);
            return logits + Constant(noise, logits.Shape, logits.Type) * 0.01;
        });
    }

    /// <summary>Another classifier whose logits and gradients are NaN where the mean pixel is above a bound.</summary>
    public static Classifier NanBeyond(Classifier inner, double meanPixel) =>
        new(x =>
        {
            Tensor bright = x.Flatten().Mean(1, keepDims: true) > meanPixel;
            return inner.Logits(x) * Ops.Where(bright, Ops.Like(x, double.NaN), Ops.Like(x, 1));
        }, inner.InputShape, inner.ClassCount, inner.Low, inner.High);

    /// <summary>Images with independent uniform pixels, the same for the same seed.</summary>
    public static Tensor Images(int count, Shape shape, long seed = 3, DType type = DType.F32, double low = 0, double high = 1)
    {
        double[] values = new double[count * shape.Count];
        for (int i = 0; i < values.Length; i++) values[i] = low + (high - low) * new Rng(seed).At(i).Uniform();
        return Constant(values, [count, .. shape.ToArray()], type);
    }

    public static Tensor Constant(double[] values, Shape shape, DType type, Device? device = null) =>
        Tensor.From(values, shape, device).Cast(type);

    public static double[] Doubles(Tensor x) => x.Detach().Cast(DType.F64).ToArray<double>();

    /// <summary>One image of a batch, flat.</summary>
    public static double[] Row(Tensor x, int row) => Doubles(x.TakeIndices(0, [row]));

    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    public static double Norm(double[] a) => Math.Sqrt(Dot(a, a));

    public static double[] Minus(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x - y)];

    private static Classifier Change(Classifier inner, Func<Tensor, Tensor> change) =>
        new(x => change(inner.Logits(x)), inner.InputShape, inner.ClassCount, inner.Low, inner.High);

    private static Tensor Affine(Tensor x, double[][] weight, double[] bias)
    {
        Tensor rows = Constant([.. weight.SelectMany(row => row)], [weight.Length, weight[0].Length], x.Type);
        return x.Flatten().MatMul(rows.Transpose()) + Constant(bias, [1, bias.Length], x.Type);
    }

    private static Tensor WithZero(Tensor column) => Ops.Concat([column, column * 0], 1);
}
