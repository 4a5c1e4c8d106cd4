namespace MiniGrad.Charts.Planes;

/// <summary>A drawing position with its value.</summary>
public readonly record struct HullPoint(double X, double Y, double Value)
{
    /// <summary>The point between two others where the linear value reaches <paramref name="value"/>.</summary>
    public static HullPoint Between(HullPoint a, HullPoint b, double value)
    {
        double t = (value - a.Value) / (b.Value - a.Value);
        return new(a.X + t * (b.X - a.X), a.Y + t * (b.Y - a.Y), value);
    }
}
