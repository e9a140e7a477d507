using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Cli;

public sealed class EvaluateTextCommandLineTests
{
    [Fact]
    public void Try()
    {
        var models = new SmallByteModels();
        System.IO.File.WriteAllText("/tmp/bytemodels", models.Mamba + " " + models.Transformer);
    }
}
