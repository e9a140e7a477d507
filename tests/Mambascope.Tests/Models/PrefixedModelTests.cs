using Mambascope.Checkpoints;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests.Models;

/// <summary>One and the same Vim behind prefixes that training code puts before all names gives the same scores.</summary>
public sealed class PrefixedModelTests
{
    [Theory]
    [InlineData("module.")]
    [InlineData("net.")]
    [InlineData("model.")]
    [InlineData("backbone.")]
    [InlineData("student.backbone.")]
    public void The_model_is_found_and_gives_the_same_scores(string prefix)
    {
        using var plain = new SmallModel();
        using var wrapped = new SmallModel(weights: "unused.safetensors");
        using (var checkpoint = Checkpoint.Open(plain.Folder))
        {
            var writer = new SafetensorsWriter();
            foreach (var (name, tensor) in checkpoint.Tensors)
            {
                writer.Add(prefix + name, [.. tensor.Shape], checkpoint.ReadSingles(name));
            }

            writer.Save(wrapped.Path("model.safetensors"));
        }

        Assert.Equal(ModelInput.Pictures, ModelInputs.Of(wrapped.Path("model.safetensors")));
        Assert.Equal(Scores(plain), Scores(wrapped));
    }

    private static float[] Scores(SmallModel model)
    {
        using var classifier = ImageClassifier.Open(model.Path("model.safetensors"), new() { Threads = 1 });
        using var run = classifier.Run<float>(classifier.ReadPixelValues(model.Input()));
        return run.Scores.ToArray();
    }
}
