namespace MiniGrad.Data;

/// <summary>From the line to the pixels: pressure, ink, and edges without steps.</summary>
internal sealed partial class DigitPen
{
    /// <summary>Pen width and ink along each stroke: parabolas through random values at begin, middle and end.</summary>
    private void Press(double thickness)
    {
        double variation = Between(0.04, 0.2);
        double darkness = Between(0.95, 1.2);
        int start = 0;
        for (int stroke = 0; stroke < strokes; stroke++)
        {
            int end = strokeEnds[stroke];
            double width0 = thickness * (1 + variation * Bell());
            double width1 = thickness * (1 + variation * Bell());
            double width2 = thickness * (1 + variation * Bell() - variation);
            double ink1 = darkness - 0.1 * Uniform();
            double ink2 = darkness - 0.25 * Uniform();
            for (int i = start; i < end; i++)
            {
                double t = end - start == 1 ? 0 : (double)(i - start) / (end - start - 1);
                double a = (1 - t) * (1 - t);
                double b = 2 * t * (1 - t);
                double c = t * t;
                radius[i] = Math.Max(0.6, a * width0 + b * width1 + c * width2);
                ink[i] = a * darkness + b * ink1 + c * ink2;
            }
            start = end;
        }
    }

    private void Ink(double softness, Span<byte> pixels)
    {
        Array.Clear(grey);
        int start = 0;
        for (int stroke = 0; stroke < strokes; stroke++)
        {
            for (int i = start; i < strokeEnds[stroke] - 1; i++) InkSegment(i, 1 / softness);
            start = strokeEnds[stroke];
        }
        for (int i = 0; i < grey.Length; i++) pixels[i] = (byte)(255 * Math.Min(1, grey[i]) + 0.5);
    }

    /// <summary>Each pixel keeps the darkest ink of any segment; its edge is a ramp over the distance to the line.</summary>
    private void InkSegment(int i, double sharpness)
    {
        double dx = x[i + 1] - x[i];
        double dy = y[i + 1] - y[i];
        double inverse = 1 / Math.Max(1e-12, dx * dx + dy * dy);
        double reach = Math.Max(radius[i], radius[i + 1]) + 0.5 / sharpness;
        int top = Pixel(Math.Min(y[i], y[i + 1]) - reach + 0.5);
        int bottom = Pixel(Math.Max(y[i], y[i + 1]) + reach + 0.5);
        int left = Pixel(Math.Min(x[i], x[i + 1]) - reach + 0.5);
        int right = Pixel(Math.Max(x[i], x[i + 1]) + reach + 0.5);
        for (int row = top; row < bottom; row++)
        {
            for (int column = left; column < right; column++)
            {
                double px = column + 0.5 - x[i];
                double py = row + 0.5 - y[i];
                double t = Math.Clamp((px * dx + py * dy) * inverse, 0, 1);
                px -= t * dx;
                py -= t * dy;
                double squared = px * px + py * py;
                if (squared >= reach * reach) continue;
                double width = radius[i] + t * (radius[i + 1] - radius[i]);
                double cover = Math.Min(1, (width - Math.Sqrt(squared)) * sharpness + 0.5);
                double value = cover * (ink[i] + t * (ink[i + 1] - ink[i]));
                ref double pixel = ref grey[row * Side + column];
                if (value > pixel) pixel = value;
            }
        }
    }

    private static int Pixel(double edge) => Math.Clamp((int)edge, 0, Side);
}
