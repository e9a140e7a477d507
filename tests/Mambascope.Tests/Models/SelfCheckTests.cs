using Mambascope.Attention;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

public sealed class SelfCheckTests
{
    [Theory]
    [InlineData(ClassTokenKind.Middle)]
    [InlineData(ClassTokenKind.MeanPool)]
    public void Hidden_attention_gives_back_what_the_model_computed(ClassTokenKind kind)
    {
        using var model = new SmallModel(classToken: kind);
        using var classifier = ImageClassifier.Open(model.Folder);
        var input = classifier.Preprocess(ImageClassifierTests.Gradient(40, 40));
        using var single = classifier.Run<float>(input);
        using var wide = classifier.Run<double>(input);
        var every = Enumerable.Range(0, model.Config.Length);
        foreach (
            var check in new[]
            {
                SelfCheck.Of(single.Trace)!,
                SelfCheck.Of(wide.Trace)!,
                SelfCheck.Of(single.Trace, every)!,
                SelfCheck.Of(wide.Trace, every)!,
            })
        {
            TestContext.Current.TestOutputHelper?.WriteLine(check.ToString());
            Assert.True(check.IsPassed, check.ToString());
        }
    }

    [Fact]
    public void A_quantity_that_is_not_what_the_scan_made_fails_the_check()
    {
        using var model = new SmallModel();
        using var classifier = ImageClassifier.Open(model.Folder);
        using var run = classifier.Run(ImageClassifierTests.Gradient(40, 40));
        run.Trace.ScanMixers[1].Scans[1].Y.Data.Row(0, run.Trace.ReadToken)[3] += 0.01f;
        var scan = SelfCheck.Of(run.Trace)!;
        Assert.False(scan.IsPassed);
        Assert.True(scan.ScanError > scan.Tolerance && scan.BlockError <= scan.Tolerance, scan.ToString());

        run.Trace.ScanMixers[0].Gated.Data.Row(0, 0)[0] = float.NaN;
        Assert.False(SelfCheck.Of(run.Trace)!.IsPassed);
    }
}
