using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Tests.Models;
using Mambascope.Tracing;
using Xunit;

namespace Mambascope.Tests.Attribution;

/// <summary>What methods say of themselves: which models they explain, which options they read.</summary>
public sealed class AttributionMethodTests
{
    private static readonly ModelShape scans = ModelShape.Of(MixerKind.Scan);
    private static readonly ModelShape softmax = ModelShape.Of(MixerKind.Softmax);
    private static readonly ModelShape hybrid = ModelShape.Of(MixerKind.Scan, MixerKind.Softmax);

    [Fact]
    public void A_method_says_why_it_cannot_explain_a_model()
    {
        Assert.Equal(
            "method mamba-lrp explains selective scans (Mamba), this model has softmax attention (transformers)",
            new MambaLrp().WhyNot(softmax));
        Assert.Equal(
            "method cp-lrp explains softmax attention (transformers), this model has selective scans and softmax attention",
            new ConservativeLrp().WhyNot(hybrid));
        Assert.Null(new InputXGradient().WhyNot(hybrid));
        Assert.True(new RawAttention().CanExplain(hybrid));
        Assert.False(new FullLrp().CanExplain(TinyLanguageModels.Create("mamba2").Shape));
    }

    [Fact]
    public void Raw_attention_and_rollout_are_as_the_model_needs_them()
    {
        foreach (var name in new[] { "raw", "rollout" })
        {
            var (ofScans, ofSoftmax) = (AttributionMethods.Find(name, scans), AttributionMethods.Find(name, softmax));
            Assert.Equal($"{name}.exact", ofScans.NameOf(new()));
            Assert.Equal(name, ofSoftmax.NameOf(new()));
            Assert.StartsWith("hidden attention", ofScans.Description, StringComparison.Ordinal);
            Assert.StartsWith("attention", ofSoftmax.Description, StringComparison.Ordinal);
            Assert.True(ofScans.IsPiecewise && !ofSoftmax.IsPiecewise);
        }
    }

    [Fact]
    public void An_option_that_a_method_does_not_read_is_refused()
    {
        new IntegratedGradients().Check(new AttributionOptions { Steps = 7 });
        new IntegratedGradients().Check(["n_steps"]);
        new SmoothGrad().Check(["nt_samples", "stdevs", "seed"]);
        new RawAttention().Check(new AttributionOptions());
        Assert.Equal("smoothgrad does not read steps; it reads samples, noise, seed", Refused(new SmoothGrad(), new() { Steps = 7 }));
        Assert.Equal("mamba-lrp does not read mode; it reads reference", Refused(new MambaLrp(), new() { Mode = AttributionMode.Paper }));
        Assert.Equal(
            "raw does not read sign; it reads start-layer, kind",
            Refused(AttributionMethods.Find("raw", softmax), new() { Sign = SignRule.Clamp }));
        Assert.Contains(
            "there is no option gamma",
            Assert.Throws<BadInputException>(() => new MambaLrp().Check(["gamma"])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "does not read n_steps",
            Assert.Throws<BadInputException>(() => new MambaLrp().Check(["n_steps"])).Message,
            StringComparison.Ordinal);

        static string Refused(AttributionMethod method, AttributionOptions options)
            => Assert.Throws<BadInputException>(() => method.Check(options)).Message;
    }

    /// <summary>Every option of the record has a name, and is standard in standard options only.</summary>
    [Fact]
    public void Every_option_has_a_name()
    {
        AttributionOptions changed = new()
        {
            Mode = AttributionMode.Paper,
            StartLayer = 1,
            Stage = 1,
            Reduction = ChannelReduction.Max,
            Sign = SignRule.Keep,
            RowNormalisation = RowNormalisation.L1,
            ResidualWeight = 0.5,
            LrpVariant = LrpVariant.Original,
            Steps = 3,
            Samples = 4,
            Noise = 0.2,
            Seed = 1,
            Kind = MixerKind.Scan,
            Reference = InputReference.PictureMean,
            Budget = 9,
            Segment = 2,
        };
        Assert.Equal(typeof(AttributionOptions).GetProperties().Count(property => property.CanWrite), AttributionOption.All.Count);
        Assert.All(AttributionOption.All, option => Assert.True(option.IsSet(changed) && !option.IsSet(new()), option.Name));
        Assert.Equal(new(), AttributionOption.All.Aggregate(changed, (options, option) => option.Reset(options)));
        Assert.All(AttributionOption.All, option =>
            Assert.True(option.With(new(), option.Word(changed)) == Only(option, changed), option.Name));
        Assert.All(AttributionOption.All, option =>
            Assert.Same(option, AttributionOption.Find(option.Aliases.Append(option.Name).First())));
    }

    private static AttributionOptions Only(AttributionOption option, AttributionOptions changed)
        => AttributionOption.All.Where(other => other != option).Aggregate(changed, (options, other) => other.Reset(options));
}
