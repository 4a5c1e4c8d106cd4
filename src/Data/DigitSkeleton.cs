using System.Globalization;

namespace MiniGrad.Data;

/// <summary>
/// One way to write a digit, as pen strokes through anchor points. In the table a point is "x,y" in hundredths of the
/// digit's height, y downwards, the middle at 0,0; "!" makes a point a corner, ";" lifts the pen.
/// </summary>
internal sealed class DigitSkeleton
{
    private static readonly string[][] Written =
    [
        [
            "8,-48 -16,-40 -29,-2 -18,40 4,50 24,34 30,-2 20,-40 2,-50 -10,-46",
            "-6,-50 -26,-30 -28,10 -8,49 16,44 30,8 24,-34 4,-50 -4,-49",
            "16,-46 -8,-46 -27,-12 -25,28 -4,50 20,36 28,-6 20,-38 0,-42",
        ],
        [
            "1,-50 2,0 0,50",
            "3,-50 -1,0 -2,50",
            "-19,-30 3,-50! 2,0 2,50",
            "-19,-30 3,-50! 1,48; -21,49 22,48",
        ],
        [
            "-26,-32 -8,-50 20,-42 24,-18 2,16 -29,48! 4,47 32,46",
            "-26,-36 0,-50 24,-32 14,-4 -6,24 -22,46 -33,38 -22,28 0,40 18,49 33,40",
            "-24,-38 -2,-50 21,-36 20,-12 2,18 -24,46! -4,38 12,46 31,48",
        ],
        [
            "-25,-38 -2,-50 21,-38 14,-14 -8,-4! 18,5 26,28 6,50 -28,40",
            "-24,-48 0,-48 24,-49! 8,-26 -8,-8! 20,2 26,28 4,50 -28,38",
            "-25,-40 0,-50 20,-36 10,-12 -8,-5 -6,-1 18,6 25,28 2,50 -28,36",
        ],
        [
            "-20,-46 -27,-10 -24,6! 0,4 29,0; 16,-42 12,4 9,50",
            "13,-50 -8,-18 -31,14! 0,14 32,12; 12,-48 10,0 8,50",
            "-21,-46 -23,-14 -12,2 8,0 22,-14; 24,-48 18,-4 14,50",
            "-20,-46 -27,-8 -24,8! 30,5; 20,-46 15,2 16,50",
        ],
        [
            "24,-49 -16,-47! -20,-8! 4,-16 24,4 16,40 -6,50 -29,40",
            "-15,-46 -20,-8! 6,-14 25,6 18,38 -4,50 -28,42; -16,-47 28,-50",
            "26,-48 -2,-44 -17,-28 -4,-8 18,8 20,34 0,50 -26,42",
        ],
        [
            "16,-50 -10,-26 -25,12 -16,42 6,50 24,34 18,12 -4,10 -23,28",
            "0,-50 -16,-14 -22,22 -8,48 16,44 24,24 8,8 -12,18 -20,30",
            "22,-46 -4,-44 -24,-8 -24,30 0,50 22,36 18,10 -4,6 -24,22",
        ],
        [
            "-28,-46 0,-46 27,-48! 10,-6 -6,50",
            "-28,-45 26,-48! 8,0 -2,50; -20,3 22,-1",
            "-29,-30 -26,-47! 0,-46 28,-48! 14,-18 0,14 -4,50",
            "-27,-42 0,-48 22,-46 24,-36 6,2 -8,50",
        ],
        [
            "20,-38 0,-50 -20,-38 -14,-14 12,6 23,30 2,50 -22,34 -12,6 12,-14 23,-36 12,-48",
            "0,-6 -18,-20 -16,-44 3,-50 19,-38 14,-16 0,-6 -20,14 -20,42 2,50 22,40 18,10 -2,-7",
            "18,-44 -6,-50 -19,-32 -2,-8 18,14 20,40 -2,50 -20,36 -8,8 10,-10 22,-34 14,-45",
        ],
        [
            "22,-38 2,-50 -20,-38 -22,-14 -2,-4 16,-16 23,-38! 20,4 14,50",
            "20,-42 -4,-50 -24,-28 -10,-6 12,-12 24,-38! 25,0 16,38 -4,50 -22,42",
            "20,-40 0,-50 -20,-34 -14,-8 8,-8 20,-30 20,-42! 10,0 -2,50",
            "18,-44 -8,-48 -22,-26 -6,-8 14,-20 22,-44! 20,0 20,50",
        ],
    ];

    private DigitSkeleton(double[] x, double[] y, bool[] isCorner, int[] strokeEnds)
    {
        X = x;
        Y = y;
        IsCorner = isCorner;
        StrokeEnds = strokeEnds;
    }

    /// <summary>The ways to write each digit.</summary>
    public static DigitSkeleton[][] Variants { get; } =
        Array.ConvertAll(Written, digit => Array.ConvertAll(digit, Parse));

    public double[] X { get; }

    public double[] Y { get; }

    public bool[] IsCorner { get; }

    /// <summary>For each stroke, the position after its last anchor.</summary>
    public int[] StrokeEnds { get; }

    private static DigitSkeleton Parse(string written)
    {
        List<double> x = [];
        List<double> y = [];
        List<bool> isCorner = [];
        List<int> ends = [];
        foreach (string stroke in written.Split(';'))
        {
            foreach (string point in stroke.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] pair = point.TrimEnd('!').Split(',');
                x.Add(int.Parse(pair[0], CultureInfo.InvariantCulture) / 100.0);
                y.Add(int.Parse(pair[1], CultureInfo.InvariantCulture) / 100.0);
                isCorner.Add(point.EndsWith('!'));
            }
            ends.Add(x.Count);
        }
        return new([.. x], [.. y], [.. isCorner], [.. ends]);
    }
}
