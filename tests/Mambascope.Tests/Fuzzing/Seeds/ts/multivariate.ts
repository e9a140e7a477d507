# a comment
@problemName Motion
@timeStamps false
@missing true
@univariate false
@dimensions 2
@equalLength false
@classLabel true stand walk
@data
1.5,-2,?:0,1e-1,3:walk
4,5:6,7:stand
