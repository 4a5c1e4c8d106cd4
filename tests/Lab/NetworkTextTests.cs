using MiniGrad.Charts.Planes;
using MiniGrad.Lab.Reproductions;
using MiniGrad.Probes.NullSpaces;
using MiniGrad.Training;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>Conclusions of a report stand under the condition that makes them true, and their opposites otherwise.</summary>
public class NetworkTextTests
{
    private static readonly Dictionary<string, MadeUpNetwork> Networks = new()
    {
        ["as published"] = new(),
        ["reversed"] = new() { Means = (1, -1, -1), Rise = (-3, -3, 3), Former = (30, 0), Zeros = 4, Power = 0, Nearness = -3 },
        ["nothing"] = new() { Means = (0, 0, 0), Rise = (0, 0, 0), Former = (51, 25), Zeros = 12, Power = -0.5, Noise = 1, Images = 60 },
        ["perturbed"] = new() { Means = (1, 1, 0.5), Rise = (3, 3, 3), IsSmooth = true, Nearness = 5 },
        ["inexact"] = new() { Means = (-1, -1, 0.5), IsSmooth = true, Error = 0.3 },
        ["overlapping"] = new() { Rise = (1, 0.5, -0.5), Noise = 1.5, Nearness = 1 },
        ["many"] = new() { Rise = (0, 0, 0), Noise = 1, Images = 400, Former = (400, 200) },
        ["few"] = new() { Images = 8, Former = (8, 8) },
        ["two classes"] = new() { Classes = 2 },
    };

    [Theory]
    [InlineData("as published", "the other region bulges towards the image, as the literature says")]
    [InlineData("reversed", "the boundary wraps around the image, against what the literature says")]
    [InlineData("nothing", "which way these boundaries bend stays open")]
    [InlineData("as published", "it wraps around them")]
    [InlineData("reversed", "it bulges towards them")]
    [InlineData("nothing", "which way it bends stays open")]
    [InlineData("as published", "against the sign of the study's text; with the F of its equations 5 and 6 it would be negative")]
    [InlineData("reversed", "the sign of the study's text; with the F of its equations 5 and 6 it would be positive")]
    [InlineData("nothing", "neither sign is certain")]
    [InlineData("as published", "A level set through an image is no stand-in for the boundary")]
    [InlineData("perturbed", "Here the level set through an image bends the way the boundary does")]
    [InlineData("as published", "it is told from natural images")]
    [InlineData("reversed", "the score points the wrong way. Natural images have the higher curvature here")]
    [InlineData("nothing", "whether it can be told stays open")]
    [InlineData("perturbed", "it is told, too, at every strength")]
    [InlineData("as published", "DeepFool has areas of 0.00: at every strength the score points the wrong way")]
    [InlineData("nothing", "not the same, or not certain, at every strength")]
    [InlineData("reversed", "told at every strength")]
    [InlineData("as published", "κ̄ is lower at the nearest boundary than at the image")]
    [InlineData("reversed", "κ̄ is higher at the nearest boundary than at the image")]
    [InlineData("nothing", "Whether κ̄ is lower at the nearest boundary than at the image stays open")]
    [InlineData("as published", "a score of how deep in its region an image lies better than")]
    [InlineData("perturbed", "a score of whether an image was perturbed, near a boundary or far from it")]
    [InlineData("nothing", "That decides neither")]
    [InlineData("as published", "for PGD (worse than κ̄)")]
    [InlineData("overlapping", "for PGD (better than κ̄)")]
    [InlineData("nothing", "for PGD (no clear difference from κ̄)")]
    [InlineData("as published", "relabelling finds it more often than chance")]
    [InlineData("reversed", "relabelling finds it less often than chance")]
    [InlineData("nothing", "no clear difference from chance")]
    [InlineData("two classes", "There is one other class only, so nothing to relabel")]
    [InlineData("as published", "above its 75 to 85 %")]
    [InlineData("nothing", "below its 75 to 85 %")]
    [InlineData("overlapping", "within its 75 to 85 %")]
    [InlineData("few", "There are too few images for the study's way")]
    [InlineData("many", "a threshold that is judged on the images it was chosen on looks better than it is")]
    [InlineData("as published", "no clear difference.")]
    [InlineData("as published", "more often than in the study")]
    [InlineData("reversed", "less often than in the study")]
    [InlineData("nothing", "about as often as in the study")]
    [InlineData("as published", "most, as in the study")]
    [InlineData("reversed", "fewer than half; in the study it is most. With ReLU and max pooling")]
    [InlineData("nothing", "about half; in the study it is most")]
    [InlineData("as published", "it grows like 1/h as h shrinks")]
    [InlineData("reversed", "it hardly depends on the step")]
    [InlineData("nothing", "it depends on the step, but not like 1/h")]
    [InlineData("perturbed", "small steps agree with the exact values")]
    [InlineData("inexact", "small steps do not agree with the exact values")]
    public void AConclusionStandsUnderItsConditionAndNotUnderItsOpposite(string network, string conclusion)
    {
        string text = Networks[network].Text();
        Assert.Contains(conclusion, text, StringComparison.Ordinal);
        // All others whose numbers say something else do without it.
        string[] same = Opposites.Single(set => set.Any(conclusion.Contains));
        string[] rivals = [.. same.Where(rival => !conclusion.Contains(rival, StringComparison.Ordinal))];
        Assert.All(rivals, rival => Assert.DoesNotContain(rival, text, StringComparison.Ordinal));
    }

    [Fact]
    public void AStudyOfThreeClassesHasTheChanceOfThree()
    {
        string text = new MadeUpNetwork().Text();
        Assert.Contains("chance is 50.0 %", text, StringComparison.Ordinal);
        Assert.Contains("former class first 50.0 %, mean rank 1.5.", text, StringComparison.Ordinal);
        Assert.Contains("is 2 times the mean", text, StringComparison.Ordinal);
        Assert.Contains("former class first 11.1 %, mean rank 5.", new MadeUpNetwork { Classes = 10 }.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void FewerCompetitorsThanPlacesLeaveAGap()
    {
        DetectionResult pgd = new MadeUpNetwork().Result().Pgd(successfulOnly: true);
        Assert.Equal((1.0, 1.0, double.NaN), (pgd.FormerAmong(1), pgd.FormerAmong(2), pgd.FormerAmong(3)));
        Assert.Null(CurvatureData.Summary(new MadeUpNetwork().Result())["detection"]![1]!["former_class_in_first_three"]);
    }

    [Theory]
    [InlineData(40, 30, 2, 20, 20, "CURE loses clean accuracy", "within ε = 0.1 (2)",
        "no clear difference between the two", "Plain fine-tuning holds more")]
    [InlineData(30, 45, 10, 20, 3, "CURE gains clean accuracy", "(10)", "CURE holds where", "Plain fine-tuning holds less")]
    [InlineData(40, 41, 2, 3, 20, "no clear difference in clean accuracy", "(2)", "CURE holds less", "Plain fine-tuning holds more")]
    [InlineData(40, 40, 30, 30, 30, "no clear difference in clean accuracy", "No radius here breaks half", "the attack decides nothing")]
    public void WhatCureDidIsWhatWasCounted(
        int clean, int cured, int before, int cure, int plain, params string[] conclusions)
    {
        Recipe recipe = CureStudy.Shortened(RecipeCatalog.Find("lenet5-mnist-cure"), 2);
        CureOutcome Outcome(string name, int[] robust, double change) => new(name, robust, change, 1, null!);
        CureStudy Study(double change) => new(recipe, 100, 50, [0, 0.1],
            [Outcome("before", [clean, before], 1), Outcome("plain", [clean, plain], 1), Outcome("cure", [cured, cure], change)]);
        string Text(double change) => Template.Embedded("CureRecipe.md").Fill(CureReport.Values(Study(change)))["outcome"].Text;
        Assert.All(conclusions, conclusion => Assert.Contains(conclusion, Text(0.5), StringComparison.Ordinal));
        Assert.Contains("the loss is flatter", Text(0.5), StringComparison.Ordinal);
        Assert.Contains("the loss is no flatter around the images but steeper", Text(2), StringComparison.Ordinal);
        Assert.Contains("no difference.", Text(1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-8, 0.1, "the step is exact", "Exactness ends where pixels are clamped")]
    [InlineData(0.01, 0, "the step is not exact", "changes the confidences by no more than 0.001 here")]
    public void AStepIsExactIfItIs(double error, double change, string exact, string clamped)
    {
        Tensor weight = Tensor.From([1.0, 0, 0, 1], [2, 2]);
        TwoLayerNullSpace space = new(weight, Tensor.From([0.0, 0]), weight, Tensor.From([0.0, 0]));
        TemplateValues values = TwoLayerStudy.Values(space, error, new ClassPair(0.9, 0.1), new ClassPair(0.9 - change, 0.1));
        string text = Template.Embedded("TwoLayer.md").Fill(values)["step"].Text;
        Assert.Contains(exact, text, StringComparison.Ordinal);
        Assert.Contains(clamped, text, StringComparison.Ordinal);
    }

    /// <summary>Of each set of conclusions one is printed.</summary>
    private static readonly string[][] Opposites =
    [
        ["the other region bulges towards the image", "the boundary wraps around the image", "which way these boundaries bend"],
        ["it wraps around them", "it bulges towards them", "which way it bends"],
        ["it would be negative", "it would be positive", "neither sign is certain"],
        ["no stand-in for the boundary", "bends the way the boundary does"],
        ["it is told from natural images", "Natural images have the higher curvature", "whether it can be told"],
        ["κ̄ is lower at the nearest boundary than at the image", "κ̄ is higher at", "Whether κ̄ is lower"],
        ["how deep in its region an image lies better", "perturbed, near a boundary", "That decides neither"],
        ["for PGD (worse", "for PGD (better", "for PGD (no clear"],
        ["more often than chance", "less often than chance", "no clear difference from chance", "nothing to relabel"],
        ["above its 75", "below its 75", "within its 75", "too few images"],
        ["more often than in the study", "less often than in the study", "about as often as"],
        ["most, as in", "fewer than half", "about half"],
        ["it grows like 1/h", "it hardly depends", "but not like 1/h"],
        ["small steps agree", "small steps do not"],
        ["it is told, too"], ["DeepFool has areas of 0.00: at every strength the score points the wrong way"],
        ["not the same, or not certain"],
        ["told at every strength"], ["looks better than it is"], ["no clear difference."],
    ];
}
