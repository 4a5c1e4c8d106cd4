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

    public static ReportSection Section(IReadOnlyList<CureStudy> studies)
    {
        FilledTemplate text = Template.Embedded("Cure.md").Fill([]);
        return new(text["cure"].Title, text["cure"].Text, [.. studies.SelectMany(Parts), .. Published(text)]);
    }

    /// <summary>All numbers and all conditions of CureRecipe.md.</summary>
    public static TemplateValues Values(CureStudy study)
    {
        Recipe recipe = study.Recipe;
        CureObjective cure = (CureObjective)recipe.Objective!;
        CureOutcome Outcome(string name) => study.Outcomes.Single(o => o.Name == name);
        (CureOutcome before, CureOutcome plain, CureOutcome cured) = (Outcome("before"), Outcome("plain"), Outcome("cure"));
        int images = study.TestImages;
        int broken = Array.FindIndex(before.Robust, right => 2 * right < before.Robust[0]);
        // Without a radius that breaks it there is nothing to compare.
        int at = Math.Max(broken, 0);
        int clean = Evidence.OfShares(cured.Robust[0], before.Robust[0], images);
        int stronger = Evidence.OfShares(cured.Robust[at], plain.Robust[at], images);
        int control = Evidence.OfShares(plain.Robust[at], before.Robust[at], images);
        return new()
        {
            { "recipe", recipe.Name },
            { "attack_steps", ReportNumber.Integer(CureStudy.AttackSteps) },
            { "epochs", ReportNumber.Integer(recipe.Epochs) },
            { "train_images", ReportNumber.Integer(study.TrainImages) },
            { "optimizer", $"{recipe.Optimizer}" },
            { "learning_rate", ReportNumber.Short(recipe.LearningRate) },
            { "batch", ReportNumber.Integer(recipe.BatchSize) },
            { "gamma", ReportNumber.Short(cure.Gamma) },
            { "step", ReportNumber.Short(cure.MaximumStep) },
            { "squared", cure.Squared },
            { "cure_change", ReportNumber.Short(cured.SlopeChange) },
            { "plain_change", ReportNumber.Short(plain.SlopeChange) },
            { "flatter", cured.SlopeChange < plain.SlopeChange },
            { "steeper", cured.SlopeChange > plain.SlopeChange },
            { "test_images", ReportNumber.Integer(images) },
            { "cure_clean", ReportNumber.Integer(cured.Robust[0]) },
            { "before_clean", ReportNumber.Integer(before.Robust[0]) },
            { "loses_clean", clean < 0 },
            { "gains_clean", clean > 0 },
            { "is_broken", broken >= 0 },
            { "radius", Radius(study.Epsilons[at]) },
            { "before_right", ReportNumber.Integer(before.Robust[at]) },
            { "cure_right", ReportNumber.Integer(cured.Robust[at]) },
            { "plain_right", ReportNumber.Integer(plain.Robust[at]) },
            { "cure_stronger", stronger > 0 },
            { "cure_weaker", stronger < 0 },
            { "plain_stronger", control > 0 },
            { "plain_weaker", control < 0 },
        };
    }

    private static IEnumerable<IReportPart> Parts(CureStudy study)
    {
        string name = study.Recipe.Name;
        FilledTemplate text = Template.Embedded("CureRecipe.md").Fill(Values(study));
        yield return new SummaryTable($"{name}: test images that stay right within L∞ balls.",
            [
                new("network"), new("clean", true), .. study.Epsilons[1..].Select(radius => new TableColumn(Radius(radius), true)),
                new("‖Δ‖", true), new("λ of the loss", true),
            ],
            [.. study.Outcomes.Select(outcome => (IReadOnlyList<TableCell>)
            [
                TableCell.Words(Words(outcome.Name)), .. outcome.Robust.Select(right => TableCell.Share(right, study.TestImages)),
                TableCell.Number(outcome.SlopeChange, 4), TableCell.Words(ReportNumber.Short(outcome.LossCurvature)),
            ])],
            text["note"].Text);
        yield return new LineChart($"{name}: accuracy over the radius of the attack.",
            new("radius", "pixels from 0 to 1"), new("accuracy", "", 0, 1),
            [.. study.Outcomes.Select(outcome => new LineSeries(
                Words(outcome.Name), study.Epsilons, [.. outcome.Robust.Select(right => (double)right / study.TestImages)]))]);
        yield return new Prose(text["outcome"].Paragraphs);
    }

    private static IEnumerable<IReportPart> Published(FilledTemplate text)
    {
        double[] radii = [0, 2, 4, 8, 12];
        TableCell Missing() => TableCell.Words(ReportNumber.Missing);
        IReadOnlyList<TableCell> Wide(string name, double robust) =>
            [TableCell.Words(name), TableCell.Number(0.8311, 4), Missing(), Missing(), TableCell.Number(robust, 3), Missing()];
        yield return new SummaryTable("Published accuracies of CURE.",
            [new("network"), new("clean", true), .. radii[1..].Select(radius => new TableColumn(Radius(radius / 255), true))],
            [
                .. Svhn.Select(row => (IReadOnlyList<TableCell>)
                    [TableCell.Words(row.Name), .. row.Accuracy.Select(share => TableCell.Number(share, 2))]),
                Wide("CIFAR-10, WRN-28-10, CURE, as reported", 0.414),
                Wide("the same, against AutoAttack", 0.385),
            ],
            text["published-note"].Text);
        yield return new Prose(text["published"].Paragraphs);
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
        return Math.Abs(parts - Math.Round(parts)) < 1e-9
            ? $"ε = {ReportNumber.Integer((long)Math.Round(parts))}/255" : $"ε = {ReportNumber.Short(radius)}";
    }
}
