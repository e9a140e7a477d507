using Mambascope.Attribution;
using Mambascope.Evaluation.Published;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Evaluation.Published;

public sealed class PublishedTablesTests
{
    [Fact]
    public void Every_line_of_the_tables_has_a_way_to_be_computed()
    {
        Assert.Equal(6, PublishedTables.Perturbation.Count);
        Assert.Equal(7, PublishedTables.Segmentation.Count);
        Assert.All(PublishedTables.Perturbation, line => Assert.NotEmpty(PublishedForms.Of(line.Model, [line.Method])));
        Assert.All(PublishedTables.Segmentation, line => Assert.NotEmpty(PublishedForms.Of(line.Model, [line.Method])));
        Assert.All(PublishedTables.Perturbation, line => Assert.InRange(line.Positive, 0, line.Negative));
    }

    [Fact]
    public void Forms_are_told_apart_and_fit_their_model()
    {
        foreach (var model in Enum.GetValues<PublishedModel>())
        {
            var forms = PublishedForms.Of(model, Enum.GetValues<PublishedMethod>());
            Assert.Equal(forms.Count, forms.Select(form => form.Name).Distinct().Count());
            var kind = model == PublishedModel.Mamba ? ModelShape.Of(MixerKind.Scan) : ModelShape.Of(MixerKind.Softmax);
            Assert.All(forms, form => Assert.True(form.Attribution.CanExplain(kind), form.Name));
        }

        Assert.Equal(
            ["official", "paper", "exact"],
            PublishedForms.Of(PublishedModel.Mamba, [PublishedMethod.Attribution]).Select(form => form.Form));
        Assert.Equal(1, Assert.Single(PublishedForms.Of(PublishedModel.Transformer, [PublishedMethod.Rollout])).Options.StartLayer);
        // Official: 15 of 24 by itself.
        Assert.All(PublishedForms.Of(PublishedModel.Mamba, [PublishedMethod.Rollout]), form => Assert.Null(form.Options.StartLayer));
        Assert.Equal(AttributionMode.Official, PublishedForms.All[0].Options.Mode);
    }

    [Theory]
    [InlineData(PublishedModel.Mamba, "vim-small")]
    [InlineData(PublishedModel.Transformer, "deit-small")]
    public void The_published_models_have_the_parameters_of_the_presets(PublishedModel model, string preset)
        => Assert.Equal(
            ReleasedFile.ParametersOf(model),
            Mambascope.Models.Presets.Create(preset).AllWeights.Sum(weight => (long)weight.Values<float>().Length));
}
