using MiniGrad.Charts.Images;
using MiniGrad.Formats.Images;

namespace MiniGrad.Lab.Attacks;

/// <summary>Tensors of one image as pictures for a report.</summary>
internal static class Pictures
{
    public static PixelImage Of(Tensor image) => Of(Floats(image), new Shape(image.Shape.Sizes[1..]));

    public static PixelImage Of(float[] values, Shape shape) => PlanarImage.Clamped(values, shape[2], shape[1], shape[0]);

    public static float[] Floats(Tensor image) => image.Detach().Cast(DType.F32).ToArray<float>();
}
