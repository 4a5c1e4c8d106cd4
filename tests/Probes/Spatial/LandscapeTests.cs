using MiniGrad.Probes;
using MiniGrad.Probes.Attacks;
using MiniGrad.Probes.Spatial;
using Xunit;

namespace MiniGrad.Tests.Probes.Spatial;

public class LandscapeTests
{
    [Fact]
    public void CellsAreWhatTheClassifierSaysAtTheirShift()
    {
        Classifier classifier = Planted.Of((columns, rows) => columns + rows * 0.5);
        Landscape landscape = Landscape.Of(classifier, Planted.Dot(DType.F64), 0, new Warp(30, 3), LandscapePlane.Shifts.At(13));
        Assert.Equal((WarpAxis.Down, WarpAxis.Right), (landscape.Rows.Axis, landscape.Columns.Axis));
        for (int i = 0; i < 13; i++)
        {
            for (int j = 0; j < 13; j++)
            {
                (double right, double down) = ((j - 6) * 0.5, (i - 6) * 0.5);
                double s = right + 0.5 * down;
                Assert.Equal(new WarpPoint(0, right, down), landscape.At(i, j));
                Assert.Equal(s, landscape.Margin[i][j], 1e-9);
                Assert.Equal(Math.Log(1 + Math.Exp(s)), landscape.Loss[i][j], 1e-9);
                if (Math.Abs(s) > 1e-6) Assert.Equal(s > 0 ? 1 : 0, landscape.Prediction[i][j]);
            }
        }
    }

    [Fact]
    public void ATurnToTheLeftTakesWhatIsRightUp()
    {
        Classifier classifier = Planted.Of((_, rows) => rows);
        Landscape landscape = Landscape.Of(classifier, Planted.SpotAtRight(), 0, new Warp(40, 1), LandscapePlane.AngleDown.At(9));
        Assert.Equal((WarpAxis.Angle, WarpAxis.Down), (landscape.Rows.Axis, landscape.Columns.Axis));
        Assert.Equal(new WarpPoint(-40, 0, -1), landscape.At(0, 0));
        for (int i = 0; i < 9; i++)
        {
            double angle = (i - 4) * 10 * Math.PI / 180;
            // The spot is sampled, so its moments are those of a rotated spot up to what lies between pixels.
            Assert.Equal(-3 * Math.Sin(angle), landscape.Margin[i][4], 0.05);
            Assert.Equal(1 - 3 * Math.Sin(angle), landscape.Margin[i][8], 0.05);
        }
    }

    [Fact]
    public void ResultsDoNotDependOnHowManyImagesAreRenderedTogether()
    {
        Shape shape = [3, 5, 8];
        Classifier classifier = ClosedForm.TwoLayer(shape, 4);
        Tensor image = ClosedForm.Images(1, shape);
        WarpScore[] Of(int chunk) =>
            [.. Landscape.Of(classifier, image, 2, new Warp(30, 3), LandscapePlane.AngleRight.At(7), new() { ChunkSize = chunk }).Cells
                .SelectMany(row => row)];
        WarpScore[] whole = Of(300);
        Assert.True(whole.Distinct().Count() > 40);
        Assert.Equal(whole, Of(1));
        Assert.Equal(whole, Of(10));
    }

    [Fact]
    public void TheMiddleIsTheImageAsItIs()
    {
        Shape shape = [1, 6, 6];
        Classifier classifier = ClosedForm.TwoLayer(shape, 3);
        Tensor image = ClosedForm.Images(1, shape);
        Landscape landscape = Landscape.Of(classifier, image, 1, new Warp(30, 3), LandscapePlane.Coarse);
        Assert.Equal((31, 5), (landscape.Cells.Count, landscape.Cells[0].Count));
        Assert.Equal(new WarpPoint(0, 0, 0), landscape.At(15, 2));
        WarpScore clean = WarpScore.Of(ClosedForm.Doubles(classifier.Logits(image)), 1);
        Assert.Equal(clean, landscape.Cells[15][2]);
    }

    [Fact]
    public void ALimitOfZeroAndASingleValueFixAnAxis()
    {
        Classifier classifier = Planted.Of((columns, _) => columns);
        Landscape still = Landscape.Of(classifier, Planted.Dot(), 0, new Warp(0, 3), LandscapePlane.AngleRight.At(5));
        Assert.Equal([0], still.Rows.Values);
        Assert.Equal([-3, -1.5, 0, 1.5, 3], still.Columns.Values);
        Landscape one = Landscape.Of(classifier, Planted.Dot(), 0, new Warp(30, 3), LandscapePlane.AngleRight with { ColumnCount = 1 });
        Assert.Equal((61, 1), (one.Cells.Count, one.Cells[0].Count));
        Assert.Equal(new WarpPoint(-30, 0, 0), one.At(0, 0));
    }

    [Fact]
    public void TheTableHasALineForEachCell()
    {
        Classifier classifier = Planted.Of((columns, _) => columns);
        Landscape landscape = Landscape.Of(classifier, Planted.Dot(DType.F64), 0, new Warp(0, 1), LandscapePlane.Shifts.At(2));
        StringWriter table = new();
        landscape.WriteCsv(table);
        string[] lines = table.ToString().Split('\n');
        Assert.Equal("theta,tx,ty,loss,margin,pred", lines[0]);
        Assert.Equal(["0,-1,-1", "0,1,-1", "0,-1,1", "0,1,1"], lines[1..5].Select(line => string.Join(',', line.Split(',')[..3])));
        double[] last = [.. lines[4].Split(',').Select(double.Parse)];
        Assert.Equal(Math.Log(1 + Math.E), last[3], 1e-12);
        Assert.Equal((1, 1), (last[4], last[5]));
        Assert.Equal("", lines[5]);
    }

    [Fact]
    public void ALogitThatIsNoNumberIsNamedByItsCell()
    {
        Classifier classifier = Planted.Of(
            (columns, _) => columns * Ops.Where(columns > 2.2, Ops.Like(columns, double.NaN), Ops.Like(columns, 1)));
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => Landscape.Of(classifier, Planted.Dot(), 0, new Warp(0, 3), LandscapePlane.AngleRight.At(7)));
        Assert.Equal("landscape: logit 0 at 0°, 3 px right, 0 px down is NaN. Check the weights of the network.", error.Message);
    }

    [Fact]
    public void RefusesWhatMakesNoSense()
    {
        Classifier classifier = Planted.Of((columns, _) => columns);
        string Refusal(LandscapePlane plane, int label = 0, Tensor? image = null) => Assert.ThrowsAny<ArgumentException>(
            () => Landscape.Of(classifier, image ?? Planted.Dot(), label, new Warp(30, 3), plane)).Message;
        Assert.Contains("a grid of 0 x 0 values", Refusal(LandscapePlane.AngleRight.At(0)));
        Assert.Contains("both axes are Right", Refusal(new(WarpAxis.Right, WarpAxis.Right)));
        Assert.Contains("class 2 of image 0 is outside 0 to 1", Refusal(LandscapePlane.Coarse, 2));
        Assert.Contains("is outside the box [0, 1]", Refusal(LandscapePlane.Coarse, image: Planted.Dot() * 2));
        Assert.Contains("shape", Refusal(LandscapePlane.Coarse, image: Ops.Zeros([1, 1, 5, 5])));
    }

    [Fact]
    public void ScoresAreExactWhereTheLabelWinsByFar()
    {
        WarpScore sure = WarpScore.Of([50, 0, -700], 0);
        Assert.Equal(Math.Exp(-50), sure.Loss, 1e-34);
        Assert.Equal((-50, 0), (sure.Margin, sure.Prediction));
        WarpScore wrong = WarpScore.Of([1000, 2, 0], 1);
        Assert.Equal((998, 998, 0), (wrong.Loss, wrong.Margin, wrong.Prediction));
        Assert.Equal(Math.Log(3), WarpScore.Of([7, 7, 7], 2).Loss, 1e-15);
    }
}
