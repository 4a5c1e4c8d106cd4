using MiniGrad.Lab.Reproductions;
using Xunit;

namespace MiniGrad.Tests.Lab;

/// <summary>Texts with holes and conditions: what is printed, and that no name is ever missing or unknown.</summary>
public class TemplateTests
{
    private const string Text = """
        <!-- For whoever edits this: {{nothing}} in here counts. -->
        ## A {{colour}} title {#first}

        One line
        and the {{count}} next.

        {{#if large}}It is large.{{else if small}}It is small,
        {{#if even}}and even{{else}}and odd{{/if}}.
        {{else}}It is neither.{{/if}}

        ## Empty {#second}
        """;

    [Theory]
    [InlineData(true, true, true, "It is large.")]
    [InlineData(false, true, true, "It is small, and even.")]
    [InlineData(false, true, false, "It is small, and odd.")]
    [InlineData(false, false, true, "It is neither.")]
    public void TheFirstPartWhoseConditionHoldsIsPrinted(bool large, bool small, bool even, string expected)
    {
        FilledTemplate filled = Template.Parse("test.md", Text).Fill(Values(large, small, even));
        Assert.Equal("A red title", filled["first"].Title);
        Assert.Equal(["One line and the 3 next.", expected], filled["first"].Paragraphs);
        Assert.Equal($"One line and the 3 next. {expected}", filled["first"].Text);
        Assert.Equal(("Empty", ""), (filled["second"].Title, filled["second"].Text));
        Error(() => filled["third"], "test.md", "third", "first, second");
    }

    [Fact]
    public void AMissingNameIsAnErrorInPartsThatAreNotPrintedToo()
    {
        Template template = Template.Parse("test.md", Text);
        TemplateValues countless = new() { { "large", true }, { "small", true }, { "even", true }, { "colour", "red" } };
        Error(() => template.Fill(countless), "test.md", "hole count");
        TemplateValues undecided = new() { { "large", true }, { "colour", "red" }, { "count", "3" } };
        Error(() => template.Fill(undecided), "test.md", "condition even, small");
    }

    [Fact]
    public void AnUnknownNameIsAnError()
    {
        Template template = Template.Parse("test.md", Text);
        TemplateValues values = Values(true, true, true);
        values.Add("size", "9");
        Error(() => template.Fill(values), "test.md", "no hole size");
        values = Values(true, true, true);
        values.Add("odd", true);
        Error(() => template.Fill(values), "test.md", "no condition odd");
        Assert.Throws<ArgumentException>(() => values.Add("odd", false));
    }

    [Theory]
    [InlineData("Words.\n## T {#t}", "Words.")]
    [InlineData("## T {#t}\n## U {#t}", "two sections")]
    [InlineData("## T {#t}\n{{#if a}}b", "{{/if}}")]
    [InlineData("## T {#t}\nb{{/if}}", "{{/if}} without")]
    [InlineData("## T {#t}\n{{else}}", "{{else}} without")]
    [InlineData("## T {#t}\n{{#if a}}b{{else}}c{{else}}d{{/if}}", "{{else}} last")]
    [InlineData("## T {#t}\n{{#if a}}b{{else}}c{{else if d}}d{{/if}}", "{{else}} last")]
    [InlineData("## T {#t}\n{{}}", "names nothing")]
    [InlineData("## T {#t}\n{{Upper Case}}", "names nothing")]
    [InlineData("## T {#t}\n{{#if }}a{{/if}}", "names nothing")]
    public void MalformedTextIsAnErrorThatNamesThePlace(string text, string expected) =>
        Error(() => Template.Parse("test.md", text), "test.md", expected);

    [Fact]
    public void TemplatesAreInTheAssembly()
    {
        Assert.Equal("Straightening the loss: CURE", Template.Embedded("Cure.md").Fill([])["cure"].Title);
        Error(() => Template.Embedded("Nothing.md"), "Nothing.md");
    }

    private static TemplateValues Values(bool large, bool small, bool even) =>
        new() { { "colour", "red" }, { "count", "3" }, { "large", large }, { "small", small }, { "even", even } };

    private static void Error(Func<object> of, params string[] parts)
    {
        string message = Assert.Throws<ArgumentException>(of).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
