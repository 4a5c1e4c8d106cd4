using MiniGrad.Charts;
using MiniGrad.Charts.Plots;
using MiniGrad.Charts.Tables;
using MiniGrad.Training;
using MiniGrad.Training.Objectives;

namespace MiniGrad.Lab.Reproductions;

/// <summary>The section of a report on networks that were fine-tuned by CURE, with the published numbers beside.</summary>
internal static class CureReport
{
    /// <summary>Read off a figure of slides on the paper: SVHN, PGD of 20 steps, radii in 255ths.</summary>
    private static readonly (string Name, double[] Accuracy)[] Svhn =
        [("SVHN, original", [0.96, 0.46, 0.17, 0.03, 0.01]), ("SVHN, CURE", [0.91, 0.83, 0.70, 0.44, 0.28])];

    public static ReportSection Section(IReadOnlyList<CureStudy> studies) => new("Straightening the loss: CURE",
        "Fine-tuning that keeps the loss gradient from changing over a short step makes the loss flatter around each image, and small attacks weaker.",
        [.. studies.SelectMany(Parts), .. Published()]);

    private static IEnumerable<IReportPart> Parts(CureStudy study)
    {
        Recipe recipe = study.Recipe;
        CureObjective cure = (CureObjective)recipe.Objective!;
        double[] attacked = study.Epsilons[1..];
        yield return new SummaryTable($"{recipe.Name}: test images that stay right within L\u221E balls.",
            [new("network"), new("clean", true), .. attacked.Select(radius => new TableColumn(Radius(radius), true)), new("\u2016\u0394\u2016", true), new("\u03BB of the loss", true)],
            [.. study.Outcomes.Select(outcome => (IReadOnlyList<TableCell>)
                [TableCell.Words(Words(outcome.Name)), .. outcome.Robust.Select(right => TableCell.Share(right, study.TestImages)), TableCell.Number(outcome.SlopeChange, 4), TableCell.Words(ReportNumber.Short(outcome.LossCurvature))])],
            $"PGD: {CureStudy.AttackSteps} steps of a quarter of the radius from a random start, each network attacked itself. "
            + $"Both fine-tunings: {recipe.Epochs} epochs of {study.TrainImages} images, {recipe.Optimizer} at {ReportNumber.Short(recipe.LearningRate)}, batches of {recipe.BatchSize}. "
            + $"CURE: \u03B3 = {ReportNumber.Short(cure.Gamma)}, step up to {ReportNumber.Short(cure.MaximumStep)} in L2 of pixels from 0 to 1, {(cure.Squared ? "squared norm" : "norm not squared")}. "
            + "\u2016\u0394\u2016: how much the loss gradient changes over that step, mean over the test images. "
            + "\u03BB: the largest eigenvalue of the Hessian of the loss in the image, mean over the first test images.");
        yield return new LineChart($"{recipe.Name}: accuracy over the radius of the attack.", new("radius", "pixels from 0 to 1"), new("accuracy", "", 0, 1),
            [.. study.Outcomes.Select(outcome => new LineSeries(Words(outcome.Name), study.Epsilons, [.. outcome.Robust.Select(right => (double)right / study.TestImages)]))]);
    }

    private static IEnumerable<IReportPart> Published()
    {
        double[] radii = [0, 2, 4, 8, 12];
        TableCell Missing() => TableCell.Words(ReportNumber.Missing);
        yield return new SummaryTable("Published accuracies of CURE.",
            [new("network"), new("clean", true), .. radii[1..].Select(radius => new TableColumn(Radius(radius / 255), true))],
            [
                .. Svhn.Select(row => (IReadOnlyList<TableCell>)[TableCell.Words(row.Name), .. row.Accuracy.Select(share => TableCell.Number(share, 2))]),
                [TableCell.Words("CIFAR-10, WRN-28-10, CURE, as reported"), TableCell.Number(0.8311, 4), Missing(), Missing(), TableCell.Number(0.414, 3), Missing()],
                [TableCell.Words("the same, against AutoAttack"), TableCell.Number(0.8311, 4), Missing(), Missing(), TableCell.Number(0.385, 3), Missing()],
            ],
            "SVHN: read off a figure, to about 0.02. WRN-28-10: the table of AutoAttack.");
        yield return new Prose(
            "The published networks are far larger (36 million weights; LeNet-5 has 62 thousand, ResNet-20 270 thousand) and were trained longer; the \u03B3 and h of the paper are not known, "
            + "and the public code divides each gradient by the batch size and does not square. What should agree is the order: CURE loses a little clean accuracy, plain fine-tuning changes nothing, "
            + "and within the radii that break the plain network CURE keeps a large share.",
            "PGD gives upper bounds: a stronger attack finds more, as the step from 41.4 to 38.5 % shows.");
    }

    private static string Words(string outcome) => outcome switch
    {
        "before" => "before",
        "plain" => "fine-tuned by cross-entropy",
        _ => "fine-tuned by CURE",
    };

    private static string Radius(double radius)
    {
        double parts = radius * 255;
        return Math.Abs(parts - Math.Round(parts)) < 1e-9 ? $"\u03B5 = {ReportNumber.Integer((long)Math.Round(parts))}/255" : $"\u03B5 = {ReportNumber.Short(radius)}";
    }
}
