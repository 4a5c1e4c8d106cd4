using MiniGrad.Probes;

namespace MiniGrad.Tests.Probes.Spatial;

/// <summary>
/// Classifiers of two classes that see only where the light of an image is: z = (0, s), where s follows the first moments of its
/// pixels about its centre. Shifts by bilinear interpolation keep these moments, so that s is known for every shift.
/// </summary>
internal static class Planted
{
    public const int Size = 13;

    public static readonly Shape Shape = [1, Size, Size];

    /// <summary>One pixel of light at the centre.</summary>
    public static Tensor Dot(DType type = DType.F32) => Light((x, y) => x == 0 && y == 0 ? 1 : 0, type);

    /// <summary>A round spot to the right of the centre, of total 1.</summary>
    public static Tensor SpotAtRight(DType type = DType.F32) =>
        Light((x, y) => Math.Exp(-((x - 3) * (x - 3) + y * y) / 2.0) / (2 * Math.PI), type);

    /// <summary>s = f(columns, rows): the moments [N, 1] of the light about the centre, in pixels right and down.</summary>
    public static Classifier Of(Func<Tensor, Tensor, Tensor> f) => new(images =>
    {
        Tensor s = f(Moment(images, (column, _) => column), Moment(images, (_, row) => row));
        return Ops.Concat([s * 0, s], 1);
    }, Shape, 2);

    private static Tensor Moment(Tensor images, Func<double, double, double> weight) =>
        images.Flatten().MatMul(Light(weight, images.Type).Reshape(Size * Size, 1));

    private static Tensor Light(Func<double, double, double> value, DType type)
    {
        double[] pixels = new double[Size * Size];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = value(i % Size - Size / 2, i / Size - Size / 2);
        return Tensor.From(pixels, [1, 1, Size, Size]).Cast(type);
    }
}
